/** The guides in place: chapters for this person, found by words; «?» of a page opens those about it. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { get, query, type Problem } from './api.js';
import { PageElement, problemCard, problemOf, skeleton } from './element.js';
import { here, href, type Place } from './router.js';

interface Item {
  id: string;
  guide: string;
  title: string;
  pages: string[];
  found?: string;
}
interface Chapter {
  id: string;
  guide: string;
  title: string;
  html: string;
}

const allowed = new Set(['P', 'H3', 'H4', 'UL', 'OL', 'LI', 'STRONG', 'EM', 'CODE', 'PRE', 'BLOCKQUOTE', 'TABLE', 'THEAD', 'TBODY', 'TR', 'TH', 'TD', 'BR', 'HR']);

/** To be parsed only: what comes out is copied node by node, and the rest of it never enters the page. */
const policy = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: { createHTML(text: string): string }): { createHTML(text: string): string } } }).trustedTypes?.createPolicy('es-guide', { createHTML: (text) => text });

/** The server's HTML as nodes of ours: only what a text needs, without attributes. */
function safe(text: string): DocumentFragment {
  const copy = (from: Node, to: Node): void => {
    for (const child of from.childNodes) {
      if (child instanceof Text) to.appendChild(document.createTextNode(child.data));
      else if (child instanceof Element && allowed.has(child.tagName)) copy(child, to.appendChild(document.createElement(child.tagName)));
      else copy(child, to);
    }
  };
  const fragment = document.createDocumentFragment();
  copy(new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, 'text/html').body, fragment);
  return fragment;
}

export class EsGuides extends PageElement {
  static override properties = { place: { attribute: false }, items: { state: true }, chapter: { state: true }, problem: { state: true } };
  declare place: Place;
  declare items: Item[] | null;
  declare chapter: Chapter | null;
  declare problem: Problem | null;
  private timer = 0;

  constructor() {
    super();
    this.items = null;
    this.chapter = null;
    this.problem = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('place')) void this.load();
  }

  private async load(): Promise<void> {
    this.problem = null;
    const id = this.place.path[1];
    try {
      const q = this.place.query.get('q') ?? '';
      this.items = (await get<{ items: Item[] }>(`guides${query({ q })}`)).items;
      const wanted = id ?? this.about(this.items, this.place.query.get('about'));
      this.chapter = wanted ? await get<Chapter>(`guides/${encodeURIComponent(wanted)}`) : null;
      document.title = `${this.chapter?.title ?? 'Руководство'} — Электронная школа`;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** The chapter about a page. Of the first page several tell: the last is the one for this person's own work. */
  private about(items: Item[], page: string | null): string | undefined {
    const found = page ? items.filter((one) => one.pages.includes(page)) : [];
    return (page === 'home' ? found.at(-1) : found[0])?.id;
  }

  private typed(event: Event): void {
    clearTimeout(this.timer);
    const text = (event.target as HTMLInputElement).value.trim();
    // The address follows the words, but the page stays where it is: who types keeps the focus.
    this.timer = setTimeout(() => {
      history.replaceState(null, '', href(`/guides${query({ q: text })}`));
      this.place = here();
    }, 300) as unknown as number;
  }

  private list(items: Item[]): TemplateResult {
    const guides = [...new Set(items.map((one) => one.guide))];
    if (!items.length) return html`<div class="card empty"><p>Таких слов в руководствах нет.</p></div>`;
    return html`${guides.map(
      (guide) => html`<section class="card"><h2>${guide}</h2><ul class="plain">
        ${items.filter((one) => one.guide === guide).map((one) => html`<li><a href=${href(`/guides/${one.id}`)}>${one.title}</a>${one.found ? html`<p class="help">…${one.found}…</p>` : nothing}</li>`)}
      </ul></section>`,
    )}`;
  }

  override render(): TemplateResult {
    const more = this.chapter && this.items ? this.items.filter((one) => one.guide === this.chapter?.guide && one.id !== this.chapter.id) : [];
    return html`${problemCard(this.problem, () => void this.load())}
      ${this.chapter
        ? html`<p class="crumbs"><a href=${href('/guides')}>Руководство</a> · ${this.chapter.guide}</p>
            <article class="card text"><h1>${this.chapter.title}</h1>${safe(this.chapter.html)}</article>
            ${more.length ? html`<section class="card"><h2>Рядом</h2><ul class="plain">${more.map((one) => html`<li><a href=${href(`/guides/${one.id}`)}>${one.title}</a></li>`)}</ul></section>` : nothing}`
        : html`<h1>Руководство</h1>
            <div class="toolbar"><input type="search" aria-label="Искать в руководстве" placeholder="Искать в руководстве" .value=${this.place.query.get('q') ?? ''} @input=${this.typed} /></div>
            ${this.items ? this.list(this.items) : this.problem ? nothing : skeleton()}`}`;
  }
}
customElements.define('es-guides', EsGuides);
