// The text of token_text.py: each token can be pressed, by pointer or by keyboard.
export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector("[role=group]");
  const tokens = () => [...box.querySelectorAll("[role=button]")];

  const make = ([text, share, step, name], place) => {
    const span = document.createElement("span");
    span.textContent = text;
    span.className = `token step${step}`;
    span.title = share;
    span.tabIndex = -1;
    span.dataset.place = place;
    span.setAttribute("role", "button");
    span.setAttribute("aria-label", name);
    return span;
  };

  // A longer text only grows, so that nothing under a finger is replaced.
  const had = box.had ?? [];
  const same = (a, b) => a.every((part, i) => part === b[i]);
  const grows =
    box.prompt === data.prompt &&
    had.length <= data.tokens.length &&
    had.every((one, i) => same(one, data.tokens[i]));
  const plain = (text) => {
    const span = document.createElement("span");
    span.textContent = text;
    return span;
  };
  if (!grows) box.replaceChildren(plain(data.prompt));
  box.rest?.remove();
  data.tokens.slice(grows ? had.length : 0).forEach((token, i) => {
    if (token[5]) box.append(plain(token[5]));
    box.append(make(token, (grows ? had.length : 0) + i));
    if (token[4]) box.append(document.createElement("br"));
  });
  box.rest = plain(data.after);
  box.append(box.rest);
  box.had = data.tokens;
  box.prompt = data.prompt;
  box.setAttribute("aria-label", data.label);

  const all = tokens();
  const entered = all.find((one) => one.matches(":focus")) ?? all[data.picked ?? all.length - 1];
  all.forEach((one, place) => {
    one.setAttribute("aria-pressed", place === data.picked);
    one.tabIndex = one === entered ? 0 : -1;
  });

  const press = (token) => {
    if (!token) return;
    setTriggerValue("pressed", Number(token.dataset.place));
    // On a telephone the answer stands below: text and answer together.
    if (matchMedia("(max-width: 640px)").matches)
      box.getRootNode().host?.closest('[data-testid="stColumn"]')?.scrollIntoView();
  };
  const row = (from, way) => {
    // The token of the nearest line above or below whose middle is nearest.
    const at = from.getBoundingClientRect();
    const middle = (one) => one.getBoundingClientRect();
    const beyond = tokens().filter((one) => way * (middle(one).top - at.top) > at.height / 2);
    const line = Math.min(...beyond.map((one) => Math.abs(middle(one).top - at.top)));
    const away = (one) => Math.abs(middle(one).left - at.left);
    return beyond
      .filter((one) => Math.abs(middle(one).top - at.top) < line + at.height / 2)
      .sort((a, b) => away(a) - away(b))[0];
  };
  // Whether the line is read from right to left here: by where its neighbours stand.
  const turned = (from, now, place) =>
    [-1, 1].some((way) => {
      const [at, there] = [from, now[place + way]].map((one) => one?.getClientRects()[0]);
      return there && Math.abs(there.top - at.top) < at.height / 2 && way * (there.left - at.left) < 0;
    });
  box.onclick = (event) => press(event.target.closest("[role=button]"));
  box.onkeydown = (event) => {
    const from = event.target.closest("[role=button]");
    if (!from || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") press(from);
    const place = Number(from.dataset.place);
    const now = tokens();
    const after = turned(from, now, place) ? -1 : 1; // to the right is what follows, or what was before
    const to = {
      ArrowLeft: () => now[place - after],
      ArrowRight: () => now[place + after],
      ArrowUp: () => row(from, -1),
      ArrowDown: () => row(from, 1),
      Home: () => now[0],
      End: () => now[now.length - 1],
    }[event.key]?.();
    if (to) {
      from.tabIndex = -1;
      to.tabIndex = 0;
      to.focus();
    }
    if (to || event.key === "Enter" || event.key === " ") event.preventDefault();
  };
}
