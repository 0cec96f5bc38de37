/** What there is to do today: what is empty and blocks the rest, what needs attention, where things are. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, query, type Page, type Problem, type Reference, type Row, type Session } from './api.js';
import { PageElement, figures_pause, problemCard, problemOf, skeleton } from './element.js';
import { bar } from './bar.js';
import { mine, ofMine, ofServer, server, type Mine, type Server } from './home-cards.js';
import { counted, number } from './language.js';
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

/** A child as the family sees it first. */
interface Child {
  id: number;
  name: string;
  form: string;
  teacher: string;
  achievements: number;
}

export class EsHome extends PageElement {
  static override properties = {
    session: { attribute: false },
    menu: { attribute: false },
    steps: { state: true },
    next: { state: true },
    reminders: { state: true },
    whole: { state: true },
    own: { state: true },
    server: { state: true },
    family: { state: true },
    rest: { state: true },
    problem: { state: true },
  };
  declare session: Session;
  declare menu: unknown;
  declare steps: Step[] | null;
  declare next: string | null;
  declare reminders: Reminder[];
  declare whole: Whole | null;
  declare own: Mine | null;
  declare server: Server | null;
  /** Of a parent or a pupil: whom the page is about; null for those who work here. */
  declare family: Child[] | null;
  /** The vacation that is or comes next. */
  declare rest: string;
  declare problem: Problem | null;

  constructor() {
    super();
    this.steps = null;
    this.next = null;
    this.reminders = [];
    this.whole = null;
    this.own = null;
    this.server = null;
    this.family = null;
    this.rest = '';
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Главная — Электронная школа';
    void this.load();
    this.watch('*', () => void this.load(), figures_pause);
    if (this.session.pages.some((one) => one.place === 'home')) void import('./es-plugin-page.js');
  }

  private async load(): Promise<void> {
    this.problem = null;
    const family = this.session.roles.length > 0 && this.session.roles.every((one) => one.id === 'guardian' || one.id === 'student');
    if (family) await this.meetFamily();
    // All at once, so that nothing on the page moves when the slower answer comes.
    const [order, whole, reminders, own, served] = await Promise.allSettled([
      get<{ items: Step[]; next: string | null }>('fill-order'),
      this.session.capabilities.includes('history') ? get<Whole>('completeness') : Promise.resolve(null),
      this.session.rights['people.employee']?.includes('update') ? get<{ items: Reminder[] }>('people/reminders') : Promise.resolve({ items: [] }),
      family ? null : mine(this.session),
      server(this.session),
    ]);
    if (order.status === 'rejected') {
      this.problem = problemOf(order.reason);
      return;
    }
    if (whole.status === 'fulfilled') this.whole = whole.value;
    if (reminders.status === 'fulfilled') this.reminders = reminders.value.items.filter((one) => one.due !== null);
    if (own.status === 'fulfilled') this.own = own.value;
    if (served.status === 'fulfilled') this.server = served.value;
    this.steps = order.value.items;
    this.next = order.value.next;
  }

  private async meetFamily(): Promise<void> {
    try {
      const children = await get<Page>(`records/people.student${query({ fields: 'surname,given_name,class', sort: 'birth_date', limit: 20 })}`);
      this.family = await Promise.all(
        children.items.map(async (one): Promise<Child> => {
          const form = one.class as Reference | null;
          const [card, bars] = await Promise.all([
            form ? get<Row>(`records/school.class/${form.id}`).catch(() => null) : null,
            get<{ total: number }>(`records/people.achievement/summary${query({ by: 'level', filter: `student = ${one.id}` })}`).catch(() => ({ total: 0 })),
          ]);
          return { id: one.id, name: `${String(one.given_name)} ${String(one.surname)}`, form: form?.display ?? '', teacher: (card?.homeroom_teacher as Reference | null | undefined)?.display ?? '', achievements: bars.total };
        }),
      );
      const next = (await get<Page>(`records/school.vacation${query({ filter: 'ends_on >= @today', sort: 'starts_on', limit: 1, fields: 'name,starts_on,ends_on' })}`)).items[0];
      if (next) this.rest = `${String(next.name)}: ${day(String(next.starts_on))} — ${day(String(next.ends_on))}`;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private ofFamily(family: Child[]): TemplateResult {
    if (!family.length) return html`<div class="card empty"><p>Здесь появятся сведения о детях, когда школа внесёт связь с ними. Обратитесь к классному руководителю.</p></div>`;
    return html`<ul class="children">
        ${family.map(
          (one) => html`<li><a class="card child" href=${href(`/r/people.student/${one.id}`)}>
            <strong>${one.name}</strong>${one.form ? html`<span class="mark">${one.form}</span>` : nothing}
            ${one.teacher ? html`<span>Классный руководитель: ${one.teacher}</span>` : nothing}
            ${one.achievements ? html`<span>Достижений: ${one.achievements}</span>` : nothing}
          </a></li>`,
        )}
      </ul>
      ${this.rest ? html`<p class="card">${this.rest}</p>` : nothing}`;
  }

  private tile(step: Step): TemplateResult {
    return html`<li>
      <a class="card tile" href=${href(`/r/${step.registry}`)}>
        <span>${step.label}</span>
        <strong>${number(step.records)}</strong>
      </a>
    </li>`;
  }

  override render(): TemplateResult {
    const person = this.session.user.name?.split(' ').slice(1).join(' ');
    const steps = this.steps?.filter((step) => !step.part_of && !step.shipped) ?? [];
    // One of a kind, such as the school itself, is no figure to look at; who keeps the list sees it from the first on.
    const figures = steps.filter((step) => step.records > 1 || (step.create && step.records > 0));
    const missing = steps.filter((step) => step.create && step.records === 0);
    return html`<h1>${person ? `Здравствуйте, ${person}` : 'Главная'}</h1>
      ${problemCard(this.problem, () => void this.load())}
      ${this.steps === null && !this.problem ? skeleton() : nothing}
      <div class="columns">${missing.length
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
        ? html`<p class="card note">Ваша роль просит второй фактор: код из приложения на телефоне при входе. <a href=${href('/second-factor')}>Включить</a></p>`
        : nothing}
      ${this.server ? ofServer(this.server) : nothing} ${this.own ? ofMine(this.own) : nothing}
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
      ${this.session.pages.filter((one) => one.place === 'home').map((one) => html`<section class="card" aria-label=${one.label}><es-plugin-page .page=${one} .session=${this.session}></es-plugin-page></section>`)}</div>
      ${this.family
        ? html`${this.ofFamily(this.family)}
            <details class="card"><summary>Всё, что мне открыто</summary><ul class="tiles">${steps.filter((step) => step.records > 0).map((step) => this.tile(step))}</ul></details>`
        : html`<ul class="tiles">${figures.map((step) => this.tile(step))}</ul>`}`;
  }
}
customElements.define('es-home', EsHome);
