/** What there is to do today: what is empty and blocks the rest, what needs attention, where things are. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, type Problem, type Session } from './api.js';
import { PageElement, counted, problemCard, problemOf, skeleton } from './element.js';
import { bar } from './bar.js';
import { href } from './router.js';
import { day } from './schema.js';

interface Step {
  registry: string;
  label: string;
  records: number;
  empty_needs: string[];
  part_of?: string;
  shipped: boolean;
  create: boolean;
}
interface Reminder {
  employee: number;
  name: string;
  state: string;
  due: string | null;
  text: string;
}

interface Whole {
  percent: number;
  registries: { registry: string; label: string; percent: number; missing: number; broken: number; overdue: number }[];
}

export class EsHome extends PageElement {
  static override properties = {
    session: { attribute: false },
    menu: { attribute: false },
    steps: { state: true },
    next: { state: true },
    reminders: { state: true },
    whole: { state: true },
    problem: { state: true },
  };
  declare session: Session;
  declare menu: unknown;
  declare steps: Step[] | null;
  declare next: string | null;
  declare reminders: Reminder[];
  declare whole: Whole | null;
  declare problem: Problem | null;

  constructor() {
    super();
    this.steps = null;
    this.next = null;
    this.reminders = [];
    this.whole = null;
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Главная — Электронная школа';
    void this.load();
    if (this.session.pages.some((one) => one.place === 'home')) void import('./es-plugin-page.js');
  }

  private async load(): Promise<void> {
    this.problem = null;
    // All at once, so that nothing on the page moves when the slower answer comes.
    const [order, whole, reminders] = await Promise.allSettled([
      get<{ items: Step[]; next: string | null }>('fill-order'),
      this.session.capabilities.includes('history') ? get<Whole>('completeness') : Promise.resolve(null),
      this.session.rights['people.employee']?.includes('update') ? get<{ items: Reminder[] }>('people/reminders') : Promise.resolve({ items: [] }),
    ]);
    if (order.status === 'rejected') {
      this.problem = problemOf(order.reason);
      return;
    }
    if (whole.status === 'fulfilled') this.whole = whole.value;
    if (reminders.status === 'fulfilled') this.reminders = reminders.value.items.filter((one) => one.due !== null);
    this.steps = order.value.items;
    this.next = order.value.next;
  }

  private tile(step: Step): TemplateResult {
    return html`<li>
      <a class="card tile" href=${href(`/r/${step.registry}`)}>
        <span>${step.label}</span>
        <strong>${step.records.toLocaleString('ru-RU')}</strong>
      </a>
    </li>`;
  }

  override render(): TemplateResult {
    const person = this.session.user.name?.split(' ').slice(1).join(' ');
    const steps = this.steps?.filter((step) => !step.part_of && !step.shipped) ?? [];
    const missing = steps.filter((step) => step.create && step.records === 0);
    return html`<h1>${person ? `Здравствуйте, ${person}` : 'Главная'}</h1>
      ${problemCard(this.problem, () => void this.load())}
      ${this.steps === null && !this.problem ? skeleton() : nothing}
      ${missing.length
        ? html`<section class="card" aria-labelledby="to-fill">
            <h2 id="to-fill">Осталось заполнить</h2>
            <p class="help">Разделы идут в том порядке, в котором их удобно заполнять: следующие ссылаются на предыдущие.</p>
            <ol>
              ${missing.map(
                (step) => html`<li>
                  <a href=${href(`/r/${step.registry}`)}>${step.label}</a>
                  ${step.registry === this.next ? html`<span class="mark">начните с этого</span>` : nothing}
                  ${step.empty_needs.length ? html`<span class="help">сначала: ${step.empty_needs.map((id) => this.steps?.find((one) => one.registry === id)?.label ?? id).join(', ')}</span>` : nothing}
                </li>`,
              )}
            </ol>
          </section>`
        : nothing}
      ${this.steps && this.session.second_factor?.asked && !this.session.second_factor.on
        ? html`<p class="card">Ваша роль просит второй фактор: код из приложения на телефоне при входе. <a href=${href('/second-factor')}>Включить</a></p>`
        : nothing}
      ${this.whole && this.whole.registries.some((one) => one.broken || one.missing)
        ? html`<section class="card" aria-labelledby="whole">
            <h2 id="whole"><a href=${href('/completeness')}>Полнота данных</a> ${bar(this.whole.percent)}</h2>
            <ul>
              ${[...this.whole.registries]
                .filter((one) => one.broken || one.missing)
                .sort((a, b) => b.overdue - a.overdue || b.broken - a.broken || b.missing - a.missing)
                .slice(0, 5)
                .map((one) => html`<li><a href=${href(`/completeness/${one.registry}`)}>${one.label}</a>: ${[one.broken ? counted(one.broken, 'замечание', 'замечания', 'замечаний') : '', one.missing ? `не заполнено ${counted(one.missing, 'поле', 'поля', 'полей')}` : ''].filter(Boolean).join(', ')}</li>`)}
            </ul>
          </section>`
        : nothing}
      ${this.reminders.length
        ? html`<section class="card" aria-labelledby="due">
            <h2 id="due">Сроки сотрудников</h2>
            <ul>
              ${this.reminders.slice(0, 12).map(
                (one) => html`<li>
                  <a href=${href(`/r/people.employee/${one.employee}`)}>${one.name}</a>: ${one.text}${one.due && !one.text.includes(day(one.due)) ? html` (${day(one.due)})` : nothing}
                </li>`,
              )}
            </ul>
            ${this.reminders.length > 12 ? html`<p class="help">и ещё ${counted(this.reminders.length - 12, 'срок', 'срока', 'сроков')}</p>` : nothing}
          </section>`
        : nothing}
      ${this.session.pages.filter((one) => one.place === 'home').map((one) => html`<section class="card" aria-label=${one.label}><es-plugin-page .page=${one} .session=${this.session}></es-plugin-page></section>`)}
      <ul class="tiles">
        ${steps.filter((step) => step.records > 0).map((step) => this.tile(step))}
      </ul>`;
  }
}
customElements.define('es-home', EsHome);
