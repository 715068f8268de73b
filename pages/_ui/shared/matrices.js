// The pictures of matrices.py. The numbers of a stack come once, as bytes; what is looked at changes
// here, at once, and the page is told when the visitor has settled.
const stacks = new Map(); // by name: what is drawn, where one is, who draws it
const SETTLED = 350; // milliseconds without another move
const NUMBERED = 12; // cells along a side with room for numbers
const THUMB = 96; // cells along a side of a small picture; more are drawn in blocks
const FRAME = "#D55E00", GREEN = "#009E73";

function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const body = bytes.slice(4 + length);
  const [A, B, R, S] = head.shape;
  const stack = { ...head, A, B, R, S, size: R * S, sent: [], views: new Set() };
  if (!head.exact) return { ...stack, shades: body };
  const numbers = new Float32Array(body.buffer);
  const shades = new Uint8Array(numbers.length);
  for (let n = 0; n < A * B; n++) {
    const [low, high] = head.spans[n];
    for (let k = n * R * S; k < (n + 1) * R * S; k++)
      if (Number.isFinite(numbers[k]))
        shades[k] = 1 + Math.round(254 * Math.min(1, Math.max(0, (numbers[k] - low) / (high - low))));
  }
  return { ...stack, numbers, shades };
}

// ---- numbers as the rest of the page writes them: halves to even
function fixed(value, places) {
  const times = value * 10 ** places;
  const whole = Math.abs(times % 1) === 0.5 ? 2 * Math.round(times / 2) : Math.round(times);
  const text = (whole / 10 ** places).toFixed(places);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

function percent(share) {
  const value = 100 * share;
  if (value > 0 && value < 0.01) return "< 0.01 %";
  if (value > 99.9 && value < 100) return "> 99.9 %";
  if (value > 99 && value < 100) return `${fixed(value, 1)} %`;
  if (value === 0 || value >= 99.5) return `${fixed(value, 0)} %`;
  const text = fixed(value, Math.max(0, 1 - Math.floor(Math.log10(value))));
  return `${text.includes(".") ? text.replace(/\.?0+$/, "") : text} %`;
}

function valueAt(stack, n, i, j) {
  const k = n * stack.size + i * stack.S + j;
  if (stack.numbers) return stack.numbers[k];
  const [low, high] = stack.spans[n];
  return stack.shades[k] ? low + ((stack.shades[k] - 1) / 254) * (high - low) : NaN;
}

function said(stack, n, i, j) {
  const value = valueAt(stack, n, i, j);
  if (Number.isNaN(value)) return `${stack.rows[1][i]}, ${stack.columns[1][j]}: not open`;
  const number = stack.percent ? percent(value) : fixed(value, stack.numbers ? 3 : 2);
  const shown = stack.numbers ? number : `about ${number}`;
  const parts = { row: stack.rows[1][i], column: stack.columns[1][j], value: shown };
  return stack.sentence.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
}

// ---- colours
const channels = (color) => [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));

function table(colors) {
  const found = new Uint32Array(256); // 0 is nothing at all
  for (let shade = 1; shade < 256; shade++) {
    const place = ((shade - 1) / 254) * (colors.length - 1);
    const at = Math.min(colors.length - 2, Math.floor(place));
    const [a, b] = [channels(colors[at]), channels(colors[at + 1])];
    const [r, g, blue] = a.map((one, c) => Math.round(one + (b[c] - one) * (place - at)));
    found[shade] = ((255 << 24) | (blue << 16) | (g << 8) | r) >>> 0;
  }
  return found;
}

function ink(color) {
  const linear = [color & 255, (color >> 8) & 255, (color >> 16) & 255]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return 1.05 / (light + 0.05) > (light + 0.05) / 0.05 ? "#FFFFFF" : "#000000";
}

const both = (stack, n) => stack.spans[n][0] < 0;

function picture(shades, from, R, S, colors) {
  const canvas = new OffscreenCanvas(S, R);
  const context = canvas.getContext("2d");
  const image = context.createImageData(S, R);
  const pixels = new Uint32Array(image.data.buffer);
  for (let k = 0; k < R * S; k++) pixels[k] = colors[shades[from + k]];
  context.putImageData(image, 0, 0);
  return canvas;
}

// Blocks of cells by the one that is furthest from nothing, so that a thin line is not lost.
function pooled(stack) {
  const { R, S, A, B, shades, size } = stack;
  const high = Math.ceil(R / THUMB), wide = Math.ceil(S / THUMB);
  const r = Math.ceil(R / high), s = Math.ceil(S / wide);
  if (high === 1 && wide === 1) return { r, s, shades };
  const small = new Uint8Array(A * B * r * s);
  for (let n = 0; n < A * B; n++) {
    const zero = both(stack, n) ? 128 : 1;
    for (let i = 0; i < R; i++) {
      const to = n * r * s + Math.floor(i / high) * s;
      for (let j = 0; j < S; j++) {
        const shade = shades[n * size + i * S + j], k = to + Math.floor(j / wide);
        if (shade && (!small[k] || Math.abs(shade - zero) > Math.abs(small[k] - zero)))
          small[k] = shade;
      }
    }
  }
  return { r, s, shades: small };
}

// ---- a canvas as large as its box, in pixels of the screen
function open(view) {
  const { canvas, box } = view;
  const ratio = devicePixelRatio || 1;
  const width = box.clientWidth, height = box.clientHeight;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  const style = getComputedStyle(box);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const font = (times, weight = "") => (context.font = `${weight} ${times * rem}px ${style.fontFamily}`);
  context.fillStyle = style.color;
  context.textBaseline = "middle";
  return { context, width, height, rem, font, text: style.color };
}

function written(context, text, x, y, align, angle = 0) {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.textAlign = align;
  context.fillText(text, 0, 0);
  context.restore();
}

function fitting(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let short = text;
  while (short && context.measureText(`${short}…`).width > room) short = short.slice(0, -1);
  return `${short}…`;
}

function framed(context, x, y, w, h, color, width, dash = []) {
  context.save();
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.strokeRect(x, y, w, h);
  context.restore();
}

// ---- all of them, small
function drawAll(view, stack) {
  const { A, B } = stack;
  const { context, width, height, rem, font } = open(view);
  font(1.07, "600");
  written(context, stack.title, 0, 0.8 * rem, "left");
  font(0.8);
  const [down, along] = [stack.down, stack.along];
  const left = 2.2 * rem, top = 1.9 * rem;
  const named = along[0] === ""; // columns with names of their own
  const lines = named ? 1 : 1 + !!stack.note;
  const w = (width - left) / B;
  const widest = named ? Math.max(...along[1].map((name) => context.measureText(name).width)) : 0;
  const turned = widest > w - 4;
  const bottom = turned ? 0.6 * widest + 0.8 * rem : (1.3 * lines + 0.4) * rem;
  const h = (height - top - bottom) / A;
  const gap = Math.max(2, Math.min(0.08 * w, 0.08 * h));
  view.place = (x, y) => {
    const b = Math.floor((x - left) / w), a = Math.floor((y - top) / h);
    return a >= 0 && a < A && b >= 0 && b < B ? [a, b] : null;
  };
  stack.small ??= pooled(stack);
  const { r, s, shades } = stack.small;
  if (view.drawn !== stack || view.inks !== view.scale) {
    view.pictures = [];
    for (let n = 0; n < A * B; n++) {
      const colors = both(stack, n) ? view.two : view.one;
      view.pictures.push(r && s ? picture(shades, n * r * s, r, s, colors) : null);
    }
    view.drawn = stack;
    view.inks = view.scale;
  }
  for (let n = 0; n < A * B; n++) {
    const x = left + (n % B) * w + gap / 2, y = top + Math.floor(n / B) * h + gap / 2;
    if (view.pictures[n]) context.drawImage(view.pictures[n], x, y, w - gap, h - gap);
    framed(context, x, y, w - gap, h - gap, "rgba(128,128,128,0.35)", 1);
    if (stack.dotted.includes(n)) framed(context, x, y, w - gap, h - gap, "#7A7A7A", 2, [2, 3]);
    if (n === stack.at[0] * B + stack.at[1])
      framed(context, x - 1, y - 1, w - gap + 2, h - gap + 2, FRAME, 3);
  }
  for (let a = 0; a < A; a++)
    written(context, down[1][a], left - 0.4 * rem, top + (a + 0.5) * h, "right");
  written(context, fitting(context, down[0], height - top), 0.55 * rem, top + (A * h) / 2, "center", -Math.PI / 2);
  if (named)
    along[1].forEach((name, b) => {
      const x = left + (b + 0.5) * w, end = top + A * h;
      if (turned) written(context, name, x + 3, end + 0.5 * rem, "right", -0.6);
      else written(context, name, x, end + 0.8 * rem, "center");
    });
  else written(context, along[0], left + (B * w) / 2, top + A * h + 0.9 * rem, "center");
  if (!named && stack.note)
    written(context, fitting(context, stack.note, width), width / 2, height - 0.8 * rem, "center");
}

// ---- one of them, large
function ticks(names, room, each) {
  const step = Math.max(1, Math.ceil(names.length / Math.min(24, Math.max(1, Math.floor(room / each)))));
  return names.map((name, place) => [name, place]).filter(([, place]) => place % step === 0);
}

function drawOne(view, stack) {
  const { R, S, B, size } = stack;
  const n = stack.at[0] * B + stack.at[1];
  const { context, width, height, rem, font, text } = open(view);
  font(1.07, "600");
  written(context, fitting(context, stack.titles[n], width), 0, 0.8 * rem, "left");
  if (!size) return;
  font(0.8);
  const numbered = stack.numbers && Math.max(R, S) <= NUMBERED;
  const [rows, columns] = [stack.rows, stack.columns];
  const top = 1.9 * rem, bar = numbered ? 0 : 4.2 * rem;
  const widest = (names) => Math.max(...names.map((name) => context.measureText(name).width));
  const left = 1.7 * rem + Math.min(width / 4, widest(rows[2]));
  const across = width - left - bar;
  const level = ticks(columns[2], across, 1.4 * rem);
  const turned = level.reduce((sum, [name]) => sum + context.measureText(name).width + 8, 0) > across;
  const bottom = 1.9 * rem + (turned ? 0.66 * widest(columns[2]) + 0.3 * rem : 1.1 * rem);
  const w = across / S, h = (height - top - bottom) / R;
  const colors = both(stack, n) ? view.two : view.one;
  if (view.drawn !== stack || view.shown !== n || view.inks !== view.scale) {
    view.image = picture(stack.shades, n * size, R, S, colors);
    Object.assign(view, { drawn: stack, shown: n, inks: view.scale });
  }
  context.drawImage(view.image, left, top, across, h * R);
  framed(context, left, top, across, h * R, "rgba(128,128,128,0.35)", 1);
  view.place = (x, y) => {
    const i = Math.floor((y - top) / h), j = Math.floor((x - left) / w);
    return i >= 0 && i < R && j >= 0 && j < S ? [i, j] : null;
  };
  const end = top + h * R;
  for (const [name, i] of ticks(rows[2], end - top, 1.2 * rem))
    written(context, fitting(context, name, left - 1.6 * rem), left - 0.4 * rem, top + (i + 0.5) * h, "right");
  for (const [name, j] of level)
    if (turned) written(context, name, left + (j + 0.5) * w + 3, end + 0.6 * rem, "right", -0.7);
    else written(context, name, left + (j + 0.5) * w, end + 0.8 * rem, "center");
  written(context, rows[0], 0.55 * rem, (top + end) / 2, "center", -Math.PI / 2);
  written(context, columns[0], left + across / 2, height - 0.7 * rem, "center");
  if (numbered) {
    font(Math.max(R, S) <= 8 ? 0.8 : 0.67);
    for (let i = 0; i < R; i++)
      for (let j = 0; j < S; j++) {
        const value = valueAt(stack, n, i, j);
        if (Number.isNaN(value)) continue;
        let number = fixed(value, 2);
        if (stack.percent) number = number === "1.00" ? "1.0" : number.replace(/^0/, "");
        if (context.measureText(number).width > w - 2) continue;
        context.fillStyle = ink(colors[stack.shades[n * size + i * S + j]]);
        written(context, number, left + (j + 0.5) * w, top + (i + 0.5) * h, "center");
      }
    context.fillStyle = text;
  } else {
    const x = width - bar + 0.9 * rem, thick = 0.8 * rem, [low, high] = stack.spans[n];
    for (let y = 0; y < end - top; y++) {
      const color = colors[1 + Math.round(254 * (1 - y / (end - top)))];
      context.fillStyle = `rgb(${color & 255},${(color >> 8) & 255},${(color >> 16) & 255})`;
      context.fillRect(x, top + y, thick, 1.5);
    }
    context.fillStyle = text;
    for (const share of [0, 0.5, 1]) {
      const number = fixed(low + share * (high - low), 2).replace(/\.?0+$/, "");
      written(context, number, x + thick + 0.3 * rem, Math.min(end - 6, Math.max(top + 6, end - share * (end - top))), "left");
    }
  }
  const cell = (place, color, width) => {
    const [x, y] = [left + place[1] * w, top + place[0] * h];
    const [wide, high] = [Math.max(w, 5), Math.max(h, 5)];
    framed(context, x - (wide - w) / 2, y - (high - h) / 2, wide, high, color, width);
  };
  if (view.chosen) {
    if (view.row) framed(context, left, top + view.chosen[0] * h, across, Math.max(h, 2), GREEN, 1.5);
    cell(view.chosen, view.row ? GREEN : FRAME, 3);
  }
  if (view.cursor) cell(view.cursor, text, 2);
}

// ---- one view: a box with a canvas, and sentences below it
function build(root) {
  const box = document.createElement("div");
  box.className = "picture";
  box.tabIndex = 0;
  box.setAttribute("role", "slider");
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  box.append(canvas);
  const read = document.createElement("p");
  read.className = "read";
  const says = document.createElement("p");
  says.setAttribute("aria-live", "polite");
  says.className = "says";
  const save = document.createElement("button");
  save.type = "button";
  save.textContent = "Save as PNG";
  root.replaceChildren(box, read, says, save);
  const view = { root, box, canvas, read, says, save };
  save.onclick = () =>
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${view.file}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  new ResizeObserver(() => redraw(view)).observe(box);
  return view;
}

function redraw(view) {
  if (view.asked) return;
  view.asked = requestAnimationFrame(() => {
    view.asked = null;
    const stack = stacks.get(view.of);
    if (!stack || stack.id !== view.id || !stack.at || !view.box.clientWidth) return;
    (view.part === "all" ? drawAll : drawOne)(view, stack);
    const n = stack.at[0] * stack.B + stack.at[1];
    const name = stack.titles[n];
    const place = view.cursor ?? view.chosen;
    const all = view.part === "all";
    const [value, most] = all
      ? [n, stack.A * stack.B]
      : [place ? place[0] * stack.S + place[1] : 0, stack.size];
    const text = all ? name : place ? said(stack, n, ...place) : name;
    const facts = {
      "aria-label": all ? view.label : `${name}: cells`,
      "aria-valuemin": 1,
      "aria-valuemax": Math.max(1, most),
      "aria-valuenow": value + 1,
      "aria-valuetext": text,
    };
    for (const [key, one] of Object.entries(facts)) view.box.setAttribute(key, one);
    Object.assign(view.box.dataset, { shows: stack.id, at: String(stack.at), cell: String(place ?? "") });
    const pointed = view.cursor ? said(stack, n, ...view.cursor) : "";
    view.read.textContent = all ? name : pointed || view.hint;
  });
}

function redrawAll(stack) {
  for (const view of stack.views) view.root.isConnected ? redraw(view) : stack.views.delete(view);
}

// A sentence is said when one has settled, or a screen reader would never come to an end.
function settle(stack) {
  for (const view of stack.views)
    if (view.part === "one") view.says.textContent = stack.says[stack.at[0] * stack.B + stack.at[1]];
}

function move(view, stack, at, soon = SETTLED) {
  if (String(at) === String(stack.at)) return;
  stack.at = at;
  for (const one of stack.views) {
    one.cursor = one.chosen = null;
    one.says.textContent = "";
  }
  redrawAll(stack);
  clearTimeout(stack.timer);
  stack.timer = setTimeout(() => {
    settle(stack);
    stack.sent.push(String(at));
    view.send("at", at);
  }, soon);
}

function press(view, stack, cell) {
  const n = stack.at[0] * stack.B + stack.at[1];
  if (Number.isNaN(valueAt(stack, n, ...cell))) return;
  clearTimeout(stack.timer);
  settle(stack);
  if (String(stack.at) !== stack.given) stack.sent.push(String(stack.at));
  view.chosen = cell;
  view.cursor = cell;
  redraw(view);
  view.send("cell", [...stack.at, ...cell]);
}

// The places of a grid that the keys lead to, none past an end.
function next(key, [a, b], [A, B]) {
  const to = {
    ArrowLeft: [a, b - 1],
    ArrowRight: [a, b + 1],
    ArrowUp: [a - 1, b],
    ArrowDown: [a + 1, b],
    Home: [a, 0],
    End: [a, B - 1],
    PageUp: [0, b],
    PageDown: [A - 1, b],
  }[key];
  if (!to) return null;
  return [Math.min(A - 1, Math.max(0, to[0])), Math.min(B - 1, Math.max(0, to[1]))];
}

function listen(view) {
  const { box } = view;
  const now = () => {
    const stack = stacks.get(view.of);
    return stack?.id === view.id && stack.at ? stack : null;
  };
  const under = (event) => {
    const around = box.getBoundingClientRect();
    return view.place?.(event.clientX - around.left, event.clientY - around.top) ?? null;
  };
  box.onclick = (event) => {
    const stack = now(), place = under(event);
    if (!stack || !place) return;
    if (view.part === "all") move(view, stack, place, 0);
    else press(view, stack, place);
  };
  box.onpointermove = (event) => {
    const stack = now(), place = under(event);
    box.style.cursor = place ? "pointer" : "default";
    if (!stack || view.part === "all") return;
    view.cursor = place;
    redraw(view);
  };
  box.onpointerleave = box.onblur = () => {
    view.cursor = null;
    if (now()) redraw(view);
  };
  box.onkeydown = (event) => {
    const stack = now();
    if (!stack || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = view.part === "all";
    const from = all ? stack.at : (view.cursor ?? view.chosen ?? [0, 0]);
    const to = next(event.key, from, all ? [stack.A, stack.B] : [stack.R, stack.S]);
    if (to && all) move(view, stack, to);
    else if (to) {
      view.cursor = to;
      redraw(view);
    } else if (!all && (event.key === "Enter" || event.key === " ")) press(view, stack, from);
    else return;
    event.preventDefault();
  };
}

// What the page says is looked at: an echo of what was sent from here changes nothing, as one may
// have gone on since.
function hear(stack, at) {
  const given = String(at), echo = stack.sent.indexOf(given);
  if (echo >= 0) stack.sent.splice(0, echo + 1);
  else if (given !== stack.given) {
    clearTimeout(stack.timer);
    stack.at = at;
    stack.sent = [];
  }
  stack.given = given;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".matrices");
  if (data instanceof Uint8Array) {
    const element = (parentElement.host ?? root).closest('[data-testid="stElementContainer"]');
    if (element) element.style.display = "none";
    const id = unpackedId(data);
    const old = [...stacks.values()].find((one) => one.id === id);
    if (old) return;
    const stack = unpack(data);
    stack.views = stacks.get(stack.name)?.views ?? stack.views;
    stacks.set(stack.name, stack);
    for (const view of stack.views) if (view.id === id) heard(view);
    return;
  }
  const view = (root.view ??= build(root));
  if (!root.listens) listen(view);
  root.listens = true;
  const scale = JSON.stringify([data.one, data.two]);
  if (view.scale !== scale) {
    view.one = table(data.one);
    view.two = table(data.two);
    view.scale = scale;
  }
  const { of, id, part, label, hint, row, file, at, cell } = data;
  Object.assign(view, { of, id, part, label, hint, row, file, wants: at, given: cell });
  view.send = setTriggerValue;
  view.read.hidden = part === "all";
  view.says.hidden = part === "all";
  view.box.style.height = `${data.height / 15}rem`;
  heard(view);
}

// A view and its stack may come in any order.
function heard(view) {
  const stack = stacks.get(view.of);
  if (!stack) stacks.set(view.of, { views: new Set([view]) });
  else stack.views.add(view);
  if (stack?.id !== view.id) return;
  hear(stack, view.wants);
  const here = String(stack.at) === String(view.wants);
  view.chosen = here && view.part === "one" ? view.given : null;
  if (here) settle(stack);
  redrawAll(stack);
}

function unpackedId(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))).id;
}
