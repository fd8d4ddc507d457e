// Footprints on the sky, and the times of exposures.
const UNITS = 36000; // corners are in tenths of an arcsecond
const regions = exposures.regions && exposures.regions.words.map((polygons) => polygons.map((coded) => {
  const corners = [];
  let x = 0, y = 0;
  for (let i = 0; i < coded.length; i += 2) {
    x += coded[i];
    y += coded[i + 1];
    corners.push([x / UNITS, y / UNITS]);
  }
  return corners;
}));
const radians = Math.PI / 180;
let onlyChosen = false;

const hue = (exposure) => !observation ? colors.roles[0] : `hsl(${(observationOf(exposure) * 137.5) % 360} ${isDark() ? "70% 62%" : "70% 40%"})`;
const isDark = () => matchMedia("(prefers-color-scheme: dark)").matches && !document.documentElement.classList.contains("printing");

function chosenMembers() {
  const association = associations[chosen.association];
  const members = association ? [...association.members.map(([exposure]) => exposure), ...association.through] : [];
  if (chosen.exposure >= 0) members.push(chosen.exposure);
  return new Set(members.filter((exposure) => positions[exposure] >= 0));
}

// The middle of some corners on the sphere, as a unit vector.
function middle(corners) {
  const sum = [0, 0, 0];
  for (const [ra, dec] of corners) {
    sum[0] += Math.cos(dec * radians) * Math.cos(ra * radians);
    sum[1] += Math.cos(dec * radians) * Math.sin(ra * radians);
    sum[2] += Math.sin(dec * radians);
  }
  return [Math.atan2(sum[1], sum[0]) / radians, Math.atan2(sum[2], Math.hypot(sum[0], sum[1])) / radians];
}

function distanceBetween([ra, dec], [otherRa, otherDec]) {
  const cosine = Math.sin(dec * radians) * Math.sin(otherDec * radians)
    + Math.cos(dec * radians) * Math.cos(otherDec * radians) * Math.cos((ra - otherRa) * radians);
  return Math.acos(Math.max(-1, Math.min(1, cosine))) / radians;
}

// Small fields are projected onto the tangent plane, others with right ascension and declination as straight axes. East is left.
function projection(center, isSmall) {
  const [ra0, dec0] = center;
  return ([ra, dec]) => {
    const across = ((ra - ra0 + 540) % 360) - 180;
    if (!isSmall) return [-across, dec - dec0];
    const a = across * radians, d = dec * radians, d0 = dec0 * radians;
    const scale = Math.sin(d0) * Math.sin(d) + Math.cos(d0) * Math.cos(d) * Math.cos(a);
    return [-(Math.cos(d) * Math.sin(a)) / scale / radians,
      (Math.cos(d0) * Math.sin(d) - Math.sin(d0) * Math.cos(d) * Math.cos(a)) / scale / radians];
  };
}

function drawSky() {
  const canvas = byId("sky-map");
  if (!canvas || !regions) return;
  const members = chosenMembers(), hasRegion = (exposure) => regions[exposures.regions.codes[exposure]].length;
  const filled = [...members].filter(hasRegion);
  const outlined = onlyChosen && filled.length ? filled : view.filter(hasRegion);
  const polygonsOf = (exposure) => regions[exposures.regions.codes[exposure]];
  const corners = outlined.flatMap((exposure) => polygonsOf(exposure).flat());
  canvas.setAttribute("aria-label", `Footprints of ${plural(outlined.length, "exposure")}, ${filled.length} of them in the selection`);
  paint(canvas, (context, width, height) => {
    context.clearRect(0, 0, width, height);
    if (!corners.length) return;
    const center = middle(corners), isSmall = corners.every((corner) => distanceBetween(corner, center) < 30);
    const project = projection(center, isSmall), points = corners.map(project);
    const bounds = points.reduce(([left, right, low, high], [x, y]) =>
      [Math.min(left, x), Math.max(right, x), Math.min(low, y), Math.max(high, y)], [Infinity, -Infinity, Infinity, -Infinity]);
    const scale = Math.min((width - 60) / Math.max(bounds[1] - bounds[0], 1e-4), (height - 50) / Math.max(bounds[3] - bounds[2], 1e-4));
    const toScreen = ([x, y]) => [width / 2 + (x - (bounds[0] + bounds[1]) / 2) * scale, height / 2 - (y - (bounds[2] + bounds[3]) / 2) * scale];
    const draw = (exposure, isFilled) => {
      context.strokeStyle = context.fillStyle = hue(exposure);
      for (const polygon of polygonsOf(exposure)) {
        context.beginPath();
        polygon.forEach((corner, index) => context[index ? "lineTo" : "moveTo"](...toScreen(project(corner))));
        context.closePath();
        context.globalAlpha = isFilled ? 0.35 : 0.8;
        if (isFilled) context.fill();
        context.globalAlpha = 1;
        context.stroke();
      }
    };
    context.lineWidth = 1;
    outlined.forEach((exposure) => members.has(exposure) || draw(exposure, false));
    filled.forEach((exposure) => draw(exposure, true));
    drawCompass(context, width, height, center, scale);
  });
}

function drawCompass(context, width, height, center, scale) {
  const lengths = [60, 30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 1 / 30, 1 / 60, 1 / 120, 1 / 360, 1 / 3600];
  const length = lengths.find((degrees) => degrees * scale < 120) || lengths[lengths.length - 1];
  const text = length >= 0.1 ? `${length}°` : length >= 1 / 60 ? `${Math.round(length * 60)}′` : `${Math.round(length * 3600)}″`;
  context.fillStyle = context.strokeStyle = colors.soft;
  context.font = "11px system-ui, sans-serif";
  context.fillRect(14, height - 14, length * scale, 2);
  context.fillText(text, 14, height - 20);
  context.fillText(`center ${((center[0] + 360) % 360).toFixed(4)} ${center[1] >= 0 ? "+" : ""}${center[1].toFixed(4)}`, 14, 18);
  context.fillText("N up, E left", width - 82, 18);
}

function drawTimes() {
  const canvas = byId("time-axis"), times = exposures.times;
  if (!canvas || !times) return;
  const members = chosenMembers(), timed = view.filter((exposure) => times[exposure] !== null);
  const lanes = new Map();
  timed.forEach((exposure) => lanes.has(observationOf(exposure)) || lanes.set(observationOf(exposure), lanes.size));
  canvas.style.height = `${Math.max(80, Math.min(320, 40 + 9 * lanes.size))}px`;
  canvas.setAttribute("aria-label", `Times of ${plural(timed.length, "exposure")}`);
  paint(canvas, (context, width, height) => {
    context.clearRect(0, 0, width, height);
    if (!timed.length) return;
    const least = timed.reduce((low, exposure) => Math.min(low, times[exposure]), Infinity);
    const most = timed.reduce((high, exposure) => Math.max(high, times[exposure]), -Infinity);
    const span = Math.max(most - least, 1 / 24), left = 14, right = width - 14, bottom = height - 24;
    const toX = (time) => left + (time - least + (span - (most - least)) / 2) / span * (right - left);
    drawTicks(context, least, span, toX, bottom, width);
    const laneHeight = (bottom - 8) / lanes.size, mark = Math.max(Math.min(laneHeight - 1, 30), 1.5);
    for (const isMember of [false, true]) {
      for (const exposure of timed) {
        if (members.has(exposure) !== isMember) continue;
        context.fillStyle = hue(exposure);
        context.globalAlpha = !members.size || isMember ? 1 : 0.3;
        context.fillRect(toX(times[exposure]) - 1, 6 + lanes.get(observationOf(exposure)) * laneHeight, isMember ? 3 : 2, mark);
      }
    }
    context.globalAlpha = 1;
  });
}

function drawTicks(context, least, span, toX, bottom, width) {
  const steps = [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002];
  const step = steps.findLast((each) => span / each <= Math.max(width / 110, 2)) || steps[0];
  context.fillStyle = colors.soft;
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "center";
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  for (let tick = Math.ceil(least / step) * step; tick <= least + span * 1.0001; tick += step) {
    const x = toX(tick);
    context.fillStyle = colors.line;
    context.fillRect(x, 4, 1, bottom);
    context.fillStyle = colors.soft;
    context.fillText(tick.toFixed(digits), Math.max(24, Math.min(width - 24, x)), bottom + 18);
  }
  context.textAlign = "start";
}
