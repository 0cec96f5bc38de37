/** A plugin's own page, or its part of a card or of the home page: loaded when it is shown, and alone in its faults. */
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { ProblemError, download, follow, get, query, request, send, writeKey, base, type PluginPage, type Session } from './api.js';
import { PageElement, problemCard, skeleton, tell } from './element.js';
import { onChange } from './live.js';
import { language } from './language.js';
import { go, href } from './router.js';
import { day, displayOf, moment, shown } from './schema.js';

/** Of the protocol of context requests among web components. */
interface ContextRequest extends Event {
  context: unknown;
  callback: (value: unknown) => void;
}

/** Addresses as the server's description gives them, "/api/v1/…", or without their beginning. */
const short = (path: string): string => path.replace(/^\/?(api\/v1\/)?/, '');
const api = {
  get: (path: string) => get(short(path)),
  send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => send(method, short(path), body, headers),
  request: (method: string, path: string, options?: Parameters<typeof request>[2]) => request(method, short(path), options),
  download: (path: string, name: string) => download(short(path), name),
  follow,
  query,
  writeKey,
  onChange,
};

export class EsPluginPage extends PageElement {
  static override properties = {
    page: { attribute: false },
    session: { attribute: false },
    /** Of a part of a card: whose card it is. */
    record: { attribute: false },
    failed: { state: true },
    ready: { state: true },
  };
  declare page: PluginPage;
  declare session: Session;
  declare record: { registry: string; id: number } | null;
  declare failed: string;
  declare ready: boolean;
  private shown = '';

  constructor() {
    super();
    this.record = null;
    this.failed = '';
    this.ready = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('context-request', (event) => this.answer(event as ContextRequest));
  }

  private answer(event: ContextRequest): void {
    const services: Record<string, unknown> = {
      'es.api/1': api,
      'es.session/1': { user: this.session.user, roles: this.session.roles, capabilities: this.session.capabilities, rights: this.session.rights },
      'es.i18n/1': { language, day, moment, shown, displayOf },
      'es.nav/1': { go, href, tell, record: this.record },
    };
    const found = typeof event.context === 'string' ? services[event.context] : undefined;
    if (!found) return;
    event.stopPropagation();
    event.callback(found);
  }

  protected override updated(changed: PropertyValues): void {
    const wanted = `${this.page.module} ${this.page.element} ${this.record?.id ?? ''}`;
    if ((changed.has('page') || changed.has('record')) && wanted !== this.shown) {
      this.shown = wanted;
      void this.load(this.page);
    }
  }

  private async load(page: PluginPage): Promise<void> {
    this.failed = '';
    try {
      const module = (await import(base + page.module)) as Record<string, unknown>;
      const tag = `es-${page.plugin.replaceAll('_', '-')}-`;
      for (const item of Object.values(module)) {
        const made = item as CustomElementConstructor & { elementName?: string };
        if (typeof item !== 'function' || !made.elementName) continue;
        if (!made.elementName.startsWith(tag)) throw new Error(`${made.elementName} is not of the plugin ${page.plugin}`);
        if (!customElements.get(made.elementName)) customElements.define(made.elementName, made);
      }
      if (!customElements.get(page.element)) throw new Error(`the module does not export ${page.element}`);
      const place = this.querySelector('.plugin-place');
      if (!place) return;
      const element = document.createElement(page.element) as HTMLElement & { record?: unknown; updateComplete?: Promise<unknown> };
      if (this.record) element.record = this.record;
      place.replaceChildren(element);
      await element.updateComplete;
      this.ready = true;
    } catch (error) {
      console.warn('A plugin page failed', page.plugin, error);
      this.querySelector('.plugin-place')?.replaceChildren();
      this.failed = error instanceof ProblemError ? error.message : 'Страница модуля ошиблась. Остальное работает; сообщите администратору.';
    }
  }

  override render(): TemplateResult {
    return html`${this.failed ? problemCard({ status: 0, code: 'plugin_page', title: this.page.label, detail: this.failed }) : this.ready ? '' : skeleton(2)}
      <div class="plugin-place"></div>`;
  }
}
customElements.define('es-plugin-page', EsPluginPage);
