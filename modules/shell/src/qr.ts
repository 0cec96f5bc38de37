/** A QR code as a picture that prints sharply. */
import { html, svg, type TemplateResult } from 'lit';
import qrcode from 'qrcode-generator';

export function qrPicture(text: string, label: string): TemplateResult {
  const code = qrcode(0, 'M');
  code.addData(text, 'Byte');
  code.make();
  const size = code.getModuleCount();
  const edge = 4; // modules of quiet zone that readers ask for
  const dark: string[] = [];
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (code.isDark(y, x)) dark.push(`M${x + edge} ${y + edge}h1v1h-1z`);
  return html`<svg class="qr" role="img" aria-label=${label} viewBox="0 0 ${size + 2 * edge} ${size + 2 * edge}" shape-rendering="crispEdges">
    ${svg`<rect width="100%" height="100%" fill="#fff"></rect><path d=${dark.join('')} fill="#000"></path>`}
  </svg>`;
}
