// What is drawn, and how its numbers are said. The numbers of a stack come once, as bytes; what is
// looked at changes here, at once, and the page is told when the visitor has settled.
const stacks = new Map(); // by name: what is drawn, where one is, who draws it

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

// The decimal sign of the language.
const signed = (stack, number) => number.replace(".", stack.point);

const filled = (sentence, parts) => sentence.replace(/\{(\w+)\}/g, (_, name) => parts[name]);

function valueAt(stack, n, i, j) {
  const k = n * stack.size + i * stack.S + j;
  if (stack.numbers) return stack.numbers[k];
  const [low, high] = stack.spans[n];
  return stack.shades[k] ? low + ((stack.shades[k] - 1) / 254) * (high - low) : NaN;
}

function said(stack, n, i, j) {
  const value = valueAt(stack, n, i, j);
  const parts = { row: stack.rows[1][i], column: stack.columns[1][j] };
  if (Number.isNaN(value)) return filled(stack.closed, parts);
  const number = stack.percent ? percent(value) : fixed(value, stack.numbers ? 3 : 2);
  parts.value = signed(stack, number);
  if (!stack.numbers) parts.value = filled(stack.rounded, parts);
  return filled(stack.sentence, parts);
}
