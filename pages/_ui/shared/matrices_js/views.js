// What a visitor does with a picture, by pointer and by key, and what the page is told of it.
const SETTLED = 350; // milliseconds without another move

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
      "aria-label": all ? view.label : filled(stack.cells, { title: name }),
      "aria-valuemin": 1,
      "aria-valuemax": Math.max(1, most),
      "aria-valuenow": value + 1,
      "aria-valuetext": text,
    };
    for (const [key, one] of Object.entries(facts)) view.box.setAttribute(key, one);
    Object.assign(view.box.dataset, { shows: stack.id, at: String(stack.at), cell: String(place ?? "") });
    const under = view.cursor ? said(stack, n, ...view.cursor) : "";
    view.read.textContent = all ? name : under || view.hint;
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
  view.save.textContent = data.save;
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
