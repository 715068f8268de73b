// How a stack is drawn: all of its matrices small, one of them large.
const NUMBERED = 12; // cells along a side with room for numbers
const THUMB = 96; // cells along a side of a small picture; more are drawn in blocks
const FRAME = "#D55E00", GREEN = "#009E73";

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
        number = signed(stack, number);
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
      const number = signed(stack, fixed(low + share * (high - low), 2).replace(/\.?0+$/, ""));
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
