/** How complete the school's data are, what is amiss and how to put it right: by registry, by class, by who answers for it. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { get, query, type Problem } from './api.js';
import { bar } from './bar.js';
import { PageElement, figures_pause, problemCard, problemOf, skeleton } from './element.js';
import { counted, number } from './language.js';
import { href, type Place } from './router.js';
import { moment, registry, type Registry } from './schema.js';

interface Figures {
  records: number;
  percent: number;
  missing: number;
  broken: number;
  overdue: number;
  last_change: string | null;
}
interface Whole extends Omit<Figures, 'records' | 'overdue' | 'last_change'> {
  registries: (Figures & { registry: string; label: string })[];
}
interface Details extends Figures {
  registry: string;
  label: string;
  fields: { name: string; label: string; expected: number; missing: number; filter: string }[];
  checks: { id: string; label: string; hint: string; timely: boolean; broken: number; filter: string }[];
  groups?: (Figures & { id: number | null; display: string })[];
}

export class EsCompleteness extends PageElement {
  static override properties = { place: { attribute: false }, whole: { state: true }, details: { state: true }, of: { state: true }, by: { state: true }, problem: { state: true } };
  declare place: Place;
  declare whole: Whole | null;
  declare details: Details | null;
  declare of: Registry | null;
  declare by: string;
  declare problem: Problem | null;
  private asked = '';

  constructor() {
    super();
    this.whole = null;
    this.details = null;
    this.of = null;
    this.by = '';
    this.problem = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const wanted = this.place.path[1] ?? '';
    if (!changed.has('place') || (wanted === this.asked && (this.whole || this.details))) return;
    this.asked = wanted;
    this.by = '';
    this.details = null;
    this.watch(wanted || '*', () => void this.load(), figures_pause);
    void this.load();
  }

  private async load(): Promise<void> {
    this.problem = null;
    document.title = 'Полнота данных — Электронная школа';
    try {
      if (!this.asked) {
        this.whole = await get<Whole>('completeness');
        return;
      }
      const [of, details] = await Promise.all([registry(this.asked), get<Details>(`completeness/${this.asked}${query({ by: this.by })}`)]);
      this.of = of;
      this.details = details;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private all(whole: Whole): TemplateResult {
    return html`<h1>Полнота данных</h1>
      <p class="figure">${bar(whole.percent)} <span class="help">не заполнено ${counted(whole.missing, 'поле', 'поля', 'полей')}, замечаний ${whole.broken}</span></p>
      <div class="scroll" tabindex="0" role="region" aria-label="Реестры"><table>
        <thead><tr><th scope="col">Реестр</th><th scope="col">Записей</th><th scope="col">Полнота</th><th scope="col">Не заполнено</th><th scope="col">Замечания</th><th scope="col">Просрочено</th><th scope="col">Последнее изменение</th></tr></thead>
        <tbody>${[...whole.registries]
          .sort((a, b) => b.broken + b.missing - (a.broken + a.missing))
          .map(
            (one) => html`<tr><td data-label="Реестр"><a href=${href(`/completeness/${one.registry}`)}>${one.label}</a></td><td data-label="Записей">${number(one.records)}</td><td data-label="Полнота">${bar(one.percent)}</td><td data-label="Не заполнено">${one.missing || ''}</td><td data-label="Замечания">${one.broken || ''}</td><td data-label="Просрочено">${one.overdue || ''}</td><td data-label="Последнее изменение">${one.last_change ? moment(one.last_change) : ''}</td></tr>`,
          )}</tbody></table></div>`;
  }

  private one(of: Registry, details: Details): TemplateResult {
    const gaps = details.fields.filter((one) => one.missing);
    const broken = details.checks.filter((one) => one.broken);
    const list = (filter: string): string => href(`/r/${details.registry}${query({ filter })}`);
    const ways = of.fields
      .filter((one) => one.type === 'ref' && one.target && one.name !== 'person')
      .map((one): [string, string] => [one.name, one.label]);
    if (details.registry === 'people.student') ways.push(['class.homeroom_teacher', 'Классный руководитель']);
    return html`<p class="crumbs"><a href=${href('/completeness')}>Полнота данных</a></p>
      <h1>${details.label}: полнота</h1>
      <p class="figure">${bar(details.percent)} <span class="help">${counted(details.records, 'запись', 'записи', 'записей')}</span></p>
      ${!gaps.length && !broken.length ? html`<div class="card empty"><p>Всё заполнено, замечаний нет.</p></div>` : nothing}
      ${broken.length
        ? html`<section class="card"><h2>Замечания</h2><ul class="plain">
            ${broken.map((one) => html`<li><a href=${list(one.filter)}>${one.label}: ${one.broken}</a>${one.timely ? html` <span class="mark">срок</span>` : nothing}<p class="help">${one.hint}</p></li>`)}
          </ul></section>`
        : nothing}
      ${gaps.length
        ? html`<section class="card"><h2>Не заполнено</h2><ul class="plain">
            ${gaps.map((one) => html`<li><a href=${list(one.filter)}>${one.label}: ${one.missing}</a> <span class="help">из ${one.expected}</span></li>`)}
          </ul></section>`
        : nothing}
      ${ways.length
        ? html`<div class="toolbar"><label>Разделить <select @change=${(event: Event) => ((this.by = (event.target as HTMLSelectElement).value), void this.load())}>
            <option value="">не делить</option>${ways.map(([name, label]) => html`<option value=${name} ?selected=${name === this.by}>${label}</option>`)}</select></label></div>`
        : nothing}
      ${details.groups
        ? html`<div class="scroll" tabindex="0" role="region" aria-label="По частям"><table>
            <thead><tr><th scope="col">Часть</th><th scope="col">Записей</th><th scope="col">Полнота</th><th scope="col">Не заполнено</th><th scope="col">Замечания</th></tr></thead>
            <tbody>${details.groups.map((one) => html`<tr><td data-label="Часть">${one.display}</td><td data-label="Записей">${one.records}</td><td data-label="Полнота">${bar(one.percent)}</td><td data-label="Не заполнено">${one.missing || ''}</td><td data-label="Замечания">${one.broken || ''}</td></tr>`)}</tbody></table></div>`
        : nothing}`;
  }

  override render(): TemplateResult {
    const ready = this.asked ? this.of && this.details && this.of.id === this.asked : this.whole;
    return html`${problemCard(this.problem, () => void this.load())}
      ${!ready ? (this.problem ? nothing : skeleton()) : this.asked && this.of && this.details ? this.one(this.of, this.details) : this.whole ? this.all(this.whole) : nothing}`;
  }
}
customElements.define('es-completeness', EsCompleteness);
