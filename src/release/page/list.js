// SPDX-License-Identifier: Apache-2.0
// A long list of which only what is near the window is in the document: blocks that are filled when they come near and
// emptied when they are far, and parts of which one is shown at a time. For paper all of a part is filled.

const BLOCK = 20;
const PART = 20000; // a page can't be higher than some ten million pixels
const PAPER = 5000; // more than that no browser prints
const ROW = 140; // pixels, until it is known

class LongList {
  // view(item, place, total) makes an element. note: where to say that paper has not all.
  constructor(box, note, items, view) {
    Object.assign(this, { box, note, items, view, part: 0 });
    this.watch = new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen) this.#fill(target, isIntersecting);
    }, { rootMargin: "1200px 0px" });
  }

  get parts() {
    return Math.max(1, Math.ceil(this.items.length / PART));
  }

  // What stands on paper whole: the items of this part, unless they are too many.
  get paper() {
    const items = this.items.slice(this.part * PART, (this.part + 1) * PART);
    return items.length <= PAPER ? items : [];
  }

  show(part) {
    this.part = part;
    this.watch.disconnect();
    const end = Math.min(this.items.length, (part + 1) * PART);
    this.blocks = [];
    for (let from = part * PART; from < end; from += BLOCK) {
      const block = el("div", { class: "block" });
      Object.assign(block, { from, to: Math.min(end, from + BLOCK) });
      block.style.height = `${(block.to - from) * ROW}px`;
      this.blocks.push(block);
    }
    this.box.replaceChildren(...this.blocks);
    for (const block of this.blocks) this.watch.observe(block);
    this.toScreen();
  }

  #fill(block, isNear) {
    if (isNear === block.hasChildNodes()) return;
    if (isNear) {
      const total = this.items.length;
      block.append(...this.items.slice(block.from, block.to).map((item, i) => this.view(item, block.from + i + 1, total)));
      block.style.height = "";
    } else if (!block.contains(document.activeElement)) {
      block.style.height = `${block.getBoundingClientRect().height}px`;
      block.replaceChildren();
    }
  }

  goTo(index) {
    const part = Math.floor(index / PART);
    if (part !== this.part) this.show(part);
    const block = this.blocks[Math.floor((index - part * PART) / BLOCK)];
    this.#fill(block, true);
    const element = block.children[index - block.from];
    element.scrollIntoView({ block: "start" });
    element.focus({ preventScroll: true });
  }

  // Everything of a part, when it is not too much; else what is on the screen, and a word on it.
  toPaper() {
    this.watch.disconnect();
    if (this.paper.length > 0) for (const block of this.blocks) this.#fill(block, true);
    for (const folded of this.box.querySelectorAll("details")) folded.open = true;
    const shown = this.blocks.filter((block) => block.hasChildNodes());
    const [from, to, total] = [(shown[0]?.from ?? 0) + 1, shown.at(-1)?.to ?? 0, this.items.length].map(numberOf);
    this.note.textContent = shown.length * BLOCK < this.items.length ? word("print.part", { from, to, total }) : "";
  }

  toScreen() {
    this.note.textContent = "";
    for (const block of this.blocks) this.watch.observe(block);
  }
}
