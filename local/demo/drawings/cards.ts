import { type Brush, circle, d, type Point, path, placed, points, rect } from './brush.ts';
import { drawing, type Zoom } from './drawing.ts';
import { fallenShadow, flatFill, gold, ink, roundFill, shade, shadow, tint } from './light.ts';
import { crescent, openEye, phases, sparkle, sprig, sun } from './motifs.ts';

const cream = '#fbf3e2';

interface CardsLook {
  envelope: string;
  seal: string;
  zoom?: Zoom;
}

/** A sheet of card, centred on the origin, with a border of its own. */
const card = (brush: Brush, width: number, height: number, color: string, border: string, art: string): string => {
  const corner: Point = [-width / 2, -height / 2];
  return [
    fallenShadow(brush, rect(corner, width, height, {}), [12, 10], 9, 0.35),
    rect(corner, width, height, { rx: 12, fill: flatFill(brush, color) }),
    rect([corner[0] + 13, corner[1] + 13], width - 26, height - 26, {
      rx: 8,
      fill: 'none',
      stroke: border,
      'stroke-width': 3,
    }),
    art,
  ].join('');
};

const fern = (line: string, fills: readonly [string, string]): string =>
  sprig({
    stem: points('-8 150, 20 30, 0 -96'),
    leaves: 10,
    length: 70,
    width: 26,
    fills,
    line,
  });

const mushroom = (cap: string): string =>
  [
    path('M-22 20C-10 70 -18 110 -34 130H38C22 110 14 70 26 20Z', { fill: '#efe1c6' }),
    path('M-112 28C-104 -92 104 -92 112 28C60 48 -60 48 -112 28Z', { fill: cap }),
    path('M-112 28C-60 48 60 48 112 28C70 62 -70 62 -112 28Z', { fill: shade(cap, 0.4) }),
    [
      [-54, -14, 17],
      [4, -38, 20],
      [58, -8, 15],
      [-8, 12, 11],
    ]
      .map(([x, y, r]) => circle([x ?? 0, y ?? 0], r ?? 0, { fill: cream }))
      .join(''),
    path('M-90 132Q-60 90 -56 132M60 132Q70 84 92 132', { fill: 'none', stroke: '#6f8a62', 'stroke-width': 6 }),
  ].join('');

const fannedCards = (brush: Brush): string =>
  [
    placed([262, 488], -15, card(brush, 256, 370, '#dbe3d3', '#6f8a72', fern('#5d7a5e', ['#6f9072', '#8fae8c']))),
    placed(
      [540, 488],
      15,
      card(
        brush,
        256,
        370,
        '#2f3357',
        gold,
        crescent([-4, -30], 66, '#e8c477', 0.5) +
          phases([0, 90], 15, 40, '#e8c477') +
          sparkle([44, -70], 20, '#e8c477') +
          sparkle([-64, -112], 10, '#e8c477'),
      ),
    ),
    placed(
      [402, 452],
      0,
      card(
        brush,
        262,
        380,
        cream,
        '#c8553d',
        mushroom('#c8553d') + sparkle([-70, -110], 14, gold) + sparkle([72, -120], 18, gold),
      ),
    ),
  ].join('');

const sealedEnvelope = (brush: Brush, { envelope, seal }: CardsLook): string =>
  [
    fallenShadow(brush, rect([190, 580], 430, 250, {}), [12, 10], 10, 0.4),
    rect([186, 574], 430, 256, { rx: 8, fill: flatFill(brush, envelope) }),
    path('M190 826L360 704M612 826L440 704', { stroke: shade(envelope, 0.3), 'stroke-width': 3 }),
    path('M188 578Q400 800 614 578Z', { fill: ink, opacity: 0.22, transform: 'translate(2 7)' }),
    path('M186 580Q190 574 196 574H606Q614 574 616 580Q420 782 400 782Q382 782 186 580Z', {
      fill: flatFill(brush, tint(envelope, 0.15)),
    }),
    circle([404, 722], 47, { fill: ink, opacity: 0.3, filter: brush.blur(5) }),
    path('M400 668C430 662 456 688 452 716C456 744 436 768 404 766C372 772 346 748 348 720C342 690 368 668 400 668Z', {
      fill: roundFill(brush, seal),
    }),
    circle([400, 718], 34, { fill: shade(seal, 0.12), stroke: shade(seal, 0.4), 'stroke-width': 3 }),
    crescent([398, 718], 21, tint(seal, 0.4), 0.6),
  ].join('');

const cards = (brush: Brush, look: CardsLook): string =>
  shadow(brush, [410, 812], 230, 0.85) + fannedCards(brush) + sealedEnvelope(brush, look);

interface TarotLook {
  box: string;
  foil: string;
  zoom?: Zoom;
}

const arcana = (foil: string) => ({
  sun:
    sun([0, -30], 92, '#dc9a3a', 20) +
    openEye([0, -30], 34, '#7a3f2e', '#4d7a80', 3) +
    path('M-96 150Q-48 84 0 140T96 150', { fill: 'none', stroke: '#6f8a62', 'stroke-width': 10 }),
  moon:
    crescent([-4, -44], 80, foil, 0.55) +
    path('M-96 150L-60 76L-24 150M24 150L60 76L96 150', { fill: 'none', stroke: foil, 'stroke-width': 6 }) +
    sparkle([40, -60], 22, foil) +
    sparkle([0, 90], 12, foil),
  star:
    [0, 1, 2, 3, 4, 5]
      .map((index) => sparkle([Math.sin(index * 1.047) * 84, -24 - Math.cos(index * 1.047) * 96], 17, '#c8553d'))
      .join('') +
    sparkle([0, -24], 68, '#b9573f') +
    path('M-90 126q22 -20 45 0t45 0t45 0t45 0M-90 150q22 -20 45 0t45 0t45 0t45 0', {
      fill: 'none',
      stroke: '#5f8a92',
      'stroke-width': 6,
    }),
});

const tarot = (brush: Brush, { box, foil }: TarotLook): string => {
  const art = arcana(foil);
  return [
    shadow(brush, [400, 812], 240, 0.85),
    placed([244, 500], -14, card(brush, 250, 410, cream, '#b9573f', art.star)),
    placed([556, 500], 14, card(brush, 250, 410, '#f6e6bd', '#7a3f2e', art.sun)),
    placed([400, 462], 0, card(brush, 258, 424, box, foil, art.moon)),
    path('M232 704L268 676H548L516 704Z', { fill: tint(box, 0.3) }),
    path('M516 704L548 676V796L516 832Z', { fill: shade(box, 0.45) }),
    rect([232, 704], 284, 128, { fill: flatFill(brush, box) }),
    rect([244, 716], 260, 104, { fill: 'none', stroke: foil, 'stroke-width': 3 }),
    phases([374, 768], 19, 50, foil),
    path('M246 694L274 682H530', { fill: 'none', stroke: foil, 'stroke-width': 2.5 }),
    crystal(brush, [630, 830]),
  ].join('');
};

/** A rough point of pale quartz. */
const crystal = (brush: Brush, [x, y]: Point): string =>
  [
    shadow(brush, [x, y], 44, 0.8),
    path(
      d`M${x - 40} ${y}L${x - 30} ${y - 110}L${x + 4} ${y - 156}L${x + 34} ${y - 96}L${x + 42} ${y + 2}L${x} ${y + 14}Z`,
      { fill: '#cdb4d8' },
    ),
    path(d`M${x - 40} ${y}L${x - 30} ${y - 110}L${x + 4} ${y - 156}L${x - 2} ${y - 92}L${x} ${y + 14}Z`, {
      fill: '#eadcf0',
    }),
    path(d`M${x - 30} ${y - 110}L${x - 2} ${y - 92}L${x + 34} ${y - 96}L${x + 4} ${y - 156}Z`, {
      fill: '#f7effa',
      opacity: 0.8,
    }),
  ].join('');

export const cardSets = {
  'herbal-cards': drawing<CardsLook>(
    [{ envelope: '#d8b48c', seal: '#a63d33', zoom: { scale: 1.12, center: [404, 565] } }],
    cards,
  ),
  'tarot-deck': drawing<TarotLook>(
    [
      { box: '#4a3560', foil: '#e6c074', zoom: { scale: 1.12, center: [404, 565] } },
      { box: '#4a3560', foil: '#e6c074', zoom: { scale: 1.9, center: [420, 440] } },
    ],
    tarot,
  ),
};
