/** Bars of what a registry's records say; beside the picture the same figures as a table. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { get, query, type Problem } from './api.js';
import { PageElement, problemCard, problemOf, skeleton } from './element.js';

interface Bar {
  value: string | null;
  label: string;
  count: number;
}

const few = 3;
/** As many letters as a line of a label has beside the bars. */
const line = 20;

/** A long label in lines, broken between words. */
function lines(label: string): string | string[] {
  if (label.length <= line) return label;
  const found: string[] = [];
  for (const word of label.split(' ')) {
    const last = found.at(-1);
    if (last !== undefined && last.length + word.length < line) found[found.length - 1] = `${last} ${word}`;
    else found.push(word);
  }
  return found;
}

/** Hatches beside colours: what only colour tells, not everybody sees. */
function patterns(context: CanvasRenderingContext2D, colour: string, paper: string): (CanvasPattern | string)[] {
  return [0, 1, 2, 3].map((kind) => {
    const tile = document.createElement('canvas');
    tile.width = tile.height = 8;
    const pen = tile.getContext('2d');
    if (!pen) return colour;
    pen.fillStyle = kind === 0 ? colour : paper;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    pen.beginPath();
    if (kind === 1) pen.moveTo(0, 8), pen.lineTo(8, 0);
    if (kind === 2) pen.moveTo(4, 0), pen.lineTo(4, 8);
    if (kind === 3) pen.moveTo(0, 4), pen.lineTo(8, 4);
    pen.stroke();
    return context.createPattern(tile, 'repeat') ?? colour;
  });
}

export class EsChart extends PageElement {
  static override properties = {
    registryId: { attribute: false },
    by: { attribute: false },
    filter: { attribute: false },
    label: { attribute: false },
    bars: { state: true },
    problem: { state: true },
  };
  declare registryId: string;
  declare by: string;
  declare filter: string;
  declare label: string;
  declare bars: Bar[] | null;
  declare problem: Problem | null;
  private chart: { destroy(): void } | null = null;

  constructor() {
    super();
    this.filter = '';
    this.bars = null;
    this.problem = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('registryId') || changed.has('by') || changed.has('filter')) {
      this.bars = null;
      get<{ items: Bar[] }>(`records/${this.registryId}/summary${query({ by: this.by, filter: this.filter })}`).then(
        (found) => (this.bars = found.items),
        (error: unknown) => (this.problem = problemOf(error)),
      );
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.chart?.destroy();
    this.chart = null;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('bars') && this.bars?.length) void this.draw(this.bars);
  }

  private async draw(bars: Bar[]): Promise<void> {
    const { Chart } = await import('./chart-kit.js');
    const canvas = this.querySelector('canvas');
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    this.chart?.destroy();
    const style = getComputedStyle(document.documentElement);
    const [accent, paper, ink] = ['--accent', '--sheet', '--ink'].map((name) => style.getPropertyValue(name).trim()) as [string, string, string];
    // A few kinds side by side are told apart by hatches; a row of years or classes is one thing and has one look.
    const fill = bars.length <= few ? patterns(context, accent, paper) : [accent];
    const long = bars.some((one) => one.label.length > 12);
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    this.chart = new Chart(context, {
      type: 'bar',
      data: { labels: bars.map((one) => lines(one.label)), datasets: [{ label: this.label, data: bars.map((one) => one.count), backgroundColor: bars.map((_, i) => fill[i % fill.length] ?? accent), borderColor: accent, borderWidth: 1 }] },
      options: {
        animation: false,
        indexAxis: long ? 'y' : 'x',
        responsive: true,
        maintainAspectRatio: false,
        plugins: { legend: { display: false } },
        scales: {
          [long ? 'y' : 'x']: { ticks: { color: ink, autoSkip: false } },
          [long ? 'x' : 'y']: { beginAtZero: true, ticks: { color: ink, precision: 0 } },
        },
      },
    });
  }

  override render(): TemplateResult | typeof nothing {
    if (this.bars && !this.bars.length) return nothing;
    return html`<figure class="chart"><figcaption>${this.label}</figcaption>
      ${problemCard(this.problem)}
      ${this.bars ? html`<div class="canvas"><canvas role="img" aria-label="${this.label}: ${this.bars.map((one) => `${one.label} — ${one.count}`).join(', ')}"></canvas></div>
        <details><summary>Таблицей</summary><table><tbody>${this.bars.map((one) => html`<tr><th scope="row">${one.label}</th><td>${one.count}</td></tr>`)}</tbody></table></details>` : this.problem ? nothing : skeleton(3)}
    </figure>`;
  }
}
customElements.define('es-chart', EsChart);
