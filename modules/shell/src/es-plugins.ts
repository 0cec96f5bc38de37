/** Modules of the school: what each brings and needs, whether it works, its switch. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, send, type Problem } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, tell } from './element.js';

interface Plugin {
  id: string;
  version: string;
  title: string;
  description: string;
  required: boolean;
  requires: string[];
  state: string;
  enabled: boolean;
  reason?: string;
  faults?: { code: string; text: string; count: number; at: string }[];
}

export class EsPlugins extends PageElement {
  static override properties = { plugins: { state: true }, problem: { state: true }, busy: { state: true } };
  declare plugins: Plugin[] | null;
  declare problem: Problem | null;
  declare busy: string;

  constructor() {
    super();
    this.plugins = null;
    this.problem = null;
    this.busy = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Модули — Электронная школа';
    void this.load();
    this.watch([], () => void this.load());
  }

  private async load(): Promise<void> {
    try {
      this.plugins = (await get<{ items: Plugin[] }>('plugins')).items;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async set(plugin: Plugin, enabled: boolean): Promise<void> {
    this.busy = plugin.id;
    this.problem = null;
    try {
      await send('PUT', `plugins/${plugin.id}`, { enabled });
      tell(enabled ? `Модуль «${plugin.title}» включён` : `Модуль «${plugin.title}» выключен, его данные сохранены`, {
        label: 'Отменить',
        run: () => void this.set(plugin, !enabled),
      });
      dispatchEvent(new Event('es-signed-in')); // the menu and the rights are others now
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.busy = '';
    await this.load();
  }

  override render(): TemplateResult {
    return html`<h1>Модули</h1>
      <p>Выключенный модуль исчезает из меню вместе со своими страницами; данные остаются и вернутся, когда его включат снова.</p>
      ${problemCard(this.problem)}
      ${this.plugins === null && !this.problem ? skeleton(4) : nothing}
      <ul class="plain">
        ${this.plugins?.map(
          (one) => html`<li class="card plugin">
            <div>
              <h2>${one.title} <small>${one.id} ${one.version}</small></h2>
              <p>${one.description}</p>
              ${one.requires.length ? html`<p class="help">Нужны: ${one.requires.map((id) => this.plugins?.find((other) => other.id === id)?.title ?? id).join(', ')}</p>` : nothing}
              ${one.state !== 'running' ? html`<p class="error">Не работает${one.reason ? `: ${one.reason}` : ''}</p>` : nothing}
              ${one.faults?.map((fault) => html`<p class="error">${fault.text} (${fault.count})</p>`)}
            </div>
            ${one.required
              ? html`<span class="mark">основа школы</span>`
              : html`<label class="switch"><input type="checkbox" role="switch" .checked=${one.enabled} ?disabled=${this.busy !== '' || one.state !== 'running'} @change=${(event: Event) => void this.set(one, (event.target as HTMLInputElement).checked)} /> ${one.enabled ? 'включён' : 'выключен'}</label>`}
          </li>`,
        )}
      </ul>`;
  }
}
customElements.define('es-plugins', EsPlugins);
