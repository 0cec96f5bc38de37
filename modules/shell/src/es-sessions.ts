/** Where I am signed in, and how to end it. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, send, type Problem } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, tell } from './element.js';
import { moment } from './schema.js';

interface Visit {
  /** Names the session; it is not what opens it. */
  id: string;
  kind: string;
  label: string;
  created_at: string;
  last_seen_at: string;
  remote: string;
  agent: string;
  current: boolean;
}

/** "Firefox, Windows" for people; the whole text stays in the title. */
function device(agent: string): string {
  const browser = /Firefox/.test(agent) ? 'Firefox' : /YaBrowser/.test(agent) ? 'Яндекс Браузер' : /Edg\//.test(agent) ? 'Edge' : /Chrome/.test(agent) ? 'Chrome' : /Safari/.test(agent) ? 'Safari' : agent.split('/')[0];
  const system = /Windows/.test(agent) ? 'Windows' : /Android/.test(agent) ? 'Android' : /iPhone|iPad/.test(agent) ? 'iOS' : /Mac OS/.test(agent) ? 'macOS' : /Linux/.test(agent) ? 'Linux' : '';
  return [browser, system].filter(Boolean).join(', ') || 'неизвестное устройство';
}

const named = (visit: Visit): string => (visit.kind === 'token' ? ['Программа', visit.label].filter(Boolean).join(': ') : device(visit.agent));

export class EsSessions extends PageElement {
  static override properties = { visits: { state: true }, problem: { state: true } };
  declare visits: Visit[] | null;
  declare problem: Problem | null;

  constructor() {
    super();
    this.visits = null;
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Где я вошёл — Электронная школа';
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.visits = (await get<{ items: Visit[] }>('session/list')).items;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async close(visit: Visit): Promise<void> {
    this.problem = null;
    try {
      await send('DELETE', `session/list/${visit.id}`);
      tell('Сеанс закрыт');
    } catch (error) {
      this.problem = problemOf(error);
    }
    await this.load();
  }

  private async everywhere(): Promise<void> {
    if (!confirm('Выйти на всех устройствах, и здесь тоже?')) return;
    try {
      await send('DELETE', 'session/list');
      tell('Вы вышли везде');
      dispatchEvent(new Event('es-signed-in'));
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  override render(): TemplateResult {
    return html`<div class="heading"><h1>Где я вошёл</h1>
        <div class="actions"><button class="quiet" @click=${() => void this.everywhere()}>Выйти везде</button></div></div>
      <p>Не узнаёте устройство — закройте его сеанс и смените пароль.</p>
      ${problemCard(this.problem)}
      ${this.visits === null && !this.problem ? skeleton(3) : nothing}
      <ul class="plain">
        ${this.visits?.map(
          (one) => html`<li class="card">
            <div class="heading"><strong title=${one.agent}>${named(one)}</strong>
              ${one.current ? html`<span class="mark">вы здесь</span>` : html`<button class="quiet" aria-label="Закрыть: ${named(one)}, с ${moment(one.created_at)}" @click=${() => void this.close(one)}>Закрыть</button>`}</div>
            <p class="help">с ${moment(one.created_at)}, в последний раз ${moment(one.last_seen_at)}, адрес ${one.remote}</p>
          </li>`,
        )}
      </ul>`;
  }
}
customElements.define('es-sessions', EsSessions);
