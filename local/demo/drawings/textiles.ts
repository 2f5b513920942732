import { type Brush, circle, d, group, type Point, path, placed, points, rect, times } from './brush.ts';
import { drawing, type Zoom } from './drawing.ts';
import { fallenShadow, flatFill, ink, rodFill, shade, shadow, tint, wood } from './light.ts';
import { crescent, eye, openEye, phases, sparkle, sprig } from './motifs.ts';

/** A knitted surface: rows of small Vs. */
const knit = (brush: Brush, color: string, size = 22): string => {
  const half = size / 2;
  const stitch = d`M0 0L${half} ${half}L${size} 0`;
  return brush.pattern(
    size,
    size * 0.7,
    path(stitch, { fill: 'none', stroke: shade(color, 0.45), 'stroke-width': 3, opacity: 0.22 }) +
      path(stitch, {
        fill: 'none',
        stroke: tint(color, 0.7),
        'stroke-width': 3,
        opacity: 0.28,
        transform: 'translate(0 5)',
      }),
  );
};

/** A woven surface: fine threads both ways. */
const weave = (brush: Brush, color: string): string =>
  brush.pattern(
    9,
    9,
    path('M0 2H9M2 0V9', { stroke: shade(color, 0.5), 'stroke-width': 1.4, opacity: 0.16 }) +
      path('M0 6H9M6 0V9', { stroke: '#ffffff', 'stroke-width': 1.4, opacity: 0.13 }),
  );

interface BlanketLook {
  colors: readonly [string, string, string];
  zoom?: Zoom;
}

/** One fold of a stack: a soft roll whose front edge is at `y`. */
const fold = (brush: Brush, y: number, height: number, inset: number, color: string): string => {
  const [left, right] = [150 + inset, 650 - inset];
  const shape = d`M${left + 30} ${y - height}H${right - 30}C${right + 22} ${y - height} ${right + 22} ${y} ${right - 20} ${y}H${left + 20}C${left - 22} ${y} ${left - 22} ${y - height} ${left + 30} ${y - height}Z`;
  const side = `${ink} 0 0.2, #ffffff 0.25 0.12, ${ink} 0.7 0, ${ink} 1 0.3`;
  return [
    path(shape, { fill: rodFill(brush, color) }),
    path(shape, { fill: knit(brush, color) }),
    path(shape, { fill: brush.linear(side) }),
    path(d`M${left + 10} ${y}H${right - 10}`, { stroke: ink, 'stroke-width': 7, opacity: 0.3, filter: brush.blur(3) }),
  ].join('');
};

const fringe = (color: string): string => {
  const strand = times(13, (index) => d`M${236 + index * 27} 690q${(index % 3) * 3 - 5} 46 ${(index % 2) * 6 - 4} 96`);
  return (
    path(strand, { fill: 'none', stroke: shade(color, 0.4), 'stroke-width': 15, 'stroke-linecap': 'round' }) +
    path(strand, {
      fill: 'none',
      stroke: tint(color, 0.2),
      'stroke-width': 9,
      'stroke-linecap': 'round',
      transform: 'translate(-2 0)',
    })
  );
};

const blanket = (brush: Brush, { colors: [top, middle, bottom] }: BlanketLook): string => {
  const flap = 'M214 470C214 450 586 450 586 470L592 690C592 704 226 704 226 690Z';
  return [
    shadow(brush, [400, 820], 262, 0.9),
    fold(brush, 830, 104, 0, bottom),
    fold(brush, 732, 104, 10, middle),
    fold(brush, 634, 104, 4, bottom),
    fold(brush, 536, 84, 30, top),
    fallenShadow(brush, path(flap, {}), [12, 10], 9, 0.35),
    fringe(top),
    path(flap, {
      fill: brush.linear(`${tint(top, 0.3)} 0, ${top} 0.2, ${shade(top, 0.12)} 1`, 'down'),
    }),
    path(flap, { fill: knit(brush, top, 26) }),
    path('M222 560L589 560M223 590L590 590', { stroke: tint(bottom, 0.2), 'stroke-width': 12, opacity: 0.9 }),
    path(flap, {
      fill: brush.linear(`#ffffff 0 0.18, #ffffff 0.5 0, ${ink} 1 0.2`),
    }),
    sprig({
      stem: points('300 456, 400 410, 520 434'),
      leaves: 8,
      length: 58,
      width: 24,
      fills: ['#7f6f9d', '#9a8bb5'],
      line: '#6d7a5b',
    }),
  ].join('');
};

interface CushionLook {
  cloth: string;
  thread: string;
  iris: string;
  zoom?: Zoom;
}

const tassel = (brush: Brush, at: Point, degrees: number, color: string): string =>
  placed(
    at,
    degrees,
    path('M-10 16Q-26 60 -24 92H24Q26 60 10 16Z', { fill: rodFill(brush, color) }),
    path('M-12 40L-14 90M0 34V92M12 40L14 90', { stroke: shade(color, 0.4), 'stroke-width': 2.5, opacity: 0.6 }),
    circle([0, 8], 14, { fill: tint(color, 0.15) }),
    rect([-13, 22], 26, 8, { rx: 4, fill: shade(color, 0.35) }),
  );

const cushion = (brush: Brush, { cloth, thread, iris }: CushionLook): string => {
  const shape =
    'M-262 -250C-160 -206 160 -206 262 -250C214 -150 214 150 262 250C160 212 -160 212 -262 250C-214 150 -214 -150 -262 -250Z';
  const puff = brush.radial(`${glowOf(cloth)} 0 1, ${cloth} 0.55, ${shade(cloth, 0.36)} 1`, [0.4, 0.34]);
  return [
    shadow(brush, [410, 806], 220),
    placed([400, 566], -4, fallenShadow(brush, path(shape, {}), [44, 26], 22, 0.4)),
    placed(
      [400, 566],
      -4,
      tassel(brush, [-258, 244], 40, thread),
      tassel(brush, [258, 244], -40, thread),
      tassel(brush, [-258, -246], 140, thread),
      tassel(brush, [258, -246], -140, thread),
      path(shape, { fill: puff, stroke: thread, 'stroke-width': 7, 'stroke-linejoin': 'round' }),
      path(shape, { fill: weave(brush, cloth) }),
      eye([0, 6], 122, thread, iris, 7),
      crescent([0, -132], 36, thread),
      sparkle([-120, -110], 22, thread),
      sparkle([120, -110], 22, thread),
      phases([0, 142], 20, 58, thread),
      path(
        'M-230 -218Q-190 -150 -184 -92M230 -218Q190 -150 184 -92M-226 214Q-190 170 -182 120M228 214Q190 160 184 116',
        { fill: 'none', stroke: ink, 'stroke-width': 9, opacity: 0.16, filter: brush.blur(4) },
      ),
    ),
  ].join('');
};

const glowOf = (color: string): string => tint(color, 0.3);

/** The peg rail that hanging things share. */
const rail = (brush: Brush, y: number): string =>
  [
    fallenShadow(brush, rect([60, y], 680, 30, {}), [14, 18], 10, 0.35),
    rect([60, y], 680, 30, { rx: 6, fill: rodFill(brush, wood) }),
    path(d`M80 ${y + 10}H420M300 ${y + 20}H710`, { stroke: shade(wood, 0.3), 'stroke-width': 1.5, opacity: 0.5 }),
  ].join('');

const peg = (brush: Brush, at: Point): string =>
  circle([at[0] + 5, at[1] + 7], 19, { fill: ink, opacity: 0.3, filter: brush.blur(4) }) +
  circle(at, 18, {
    fill: brush.radial(`${tint(wood, 0.5)} 0, ${shade(wood, 0.3)} 1`, [0.35, 0.3]),
  });

interface TowelLook {
  cloth: string;
  print: string;
  second: string;
  zoom?: Zoom;
}

/** Cloth that hangs from a loop at the origin, with soft folds. */
const hangingCloth = (brush: Brush, color: string, length: number, print: string): string => {
  const shape = d`M-18 26C-60 40 -112 60 -122 92L-132 ${length}Q-66 ${length + 16} 0 ${length - 2}T132 ${length}L122 92C112 60 60 40 18 26Z`;
  const folds = `${ink} 0 0.14, #ffffff 0.14 0.3, ${ink} 0.32 0.14, #ffffff 0.46 0.22, ${ink} 0.64 0.16, #ffffff 0.8 0.14, ${ink} 1 0.26`;
  return [
    fallenShadow(brush, path(shape, {}), [24, 20], 14, 0.3),
    path('M-9 30C-12 -6 12 -6 9 30', { fill: 'none', stroke: shade(color, 0.3), 'stroke-width': 6 }),
    path(shape, { fill: color }),
    group({ 'clip-path': brush.clip(path(shape, {})) }, print),
    path(shape, { fill: weave(brush, color) }),
    path(shape, { fill: brush.linear(folds) }),
  ].join('');
};

const herbPrint = (line: string): string =>
  [
    sprig({
      stem: points('0 420, -24 290, 4 140'),
      leaves: 9,
      length: 76,
      width: 30,
      fills: [line, line],
      line,
    }),
    sparkle([-80, 180], 14, line),
    sparkle([76, 160], 10, line),
    sparkle([84, 330], 14, line),
    sparkle([-86, 360], 9, line),
    path('M-140 456H140M-140 472H140', { stroke: line, 'stroke-width': 5 }),
  ].join('');

const stripePrint = (line: string): string =>
  path('M-80 0V520M-66 0V520M0 0V520M66 0V520M80 0V520', { stroke: line, 'stroke-width': 7, opacity: 0.85 }) +
  path('M-140 380H140M-140 396H140', { stroke: line, 'stroke-width': 7, opacity: 0.85 });

const towels = (brush: Brush, { cloth, print, second }: TowelLook): string =>
  [
    rail(brush, 246),
    group({ transform: 'translate(538 262)' }, hangingCloth(brush, cloth, 440, stripePrint(second))),
    group({ transform: 'translate(280 262) scale(1.08)' }, hangingCloth(brush, cloth, 500, herbPrint(print))),
    peg(brush, [280, 262]),
    peg(brush, [538, 262]),
  ].join('');

interface ToteLook {
  cloth: string;
  print: string;
  zoom?: Zoom;
}

/** An open hand with an eye in its palm. */
const hand = (fill: string, cloth: string): string =>
  [
    group(
      { fill: 'none', stroke: fill, 'stroke-width': 34, 'stroke-linecap': 'round' },
      path('M-42 0V-88M-2 -10V-118M38 0V-98', {}),
      path('M76 40L100 -34M-74 50C-92 20 -98 0 -112 -18', { 'stroke-width': 30 }),
    ),
    path('M-62 -10C-90 90 -60 130 -46 150H48C74 120 98 60 88 20L52 -20Z', { fill }),
    openEye([6, 52], 46, fill, '#c8553d', 4),
    rect([-52, 162], 106, 10, { rx: 5, fill }),
    path('M-30 120Q4 138 40 116', { fill: 'none', stroke: cloth, 'stroke-width': 3 }),
  ].join('');

const tote = (brush: Brush, { cloth, print }: ToteLook): string => {
  const bag = 'M196 420C330 434 470 434 604 420L634 806C500 826 300 826 166 806Z';
  const strap = 'M292 440C296 330 376 232 400 232C424 232 504 330 508 440';
  const folds = 'M240 430Q260 600 222 800M556 432Q536 560 566 790M330 440Q346 520 338 600';
  return [
    fallenShadow(brush, path(bag, {}), [40, 26], 18, 0.35),
    path(strap, { fill: 'none', stroke: shade(cloth, 0.35), 'stroke-width': 24, transform: 'translate(10 -4)' }),
    path(bag, { fill: flatFill(brush, cloth) }),
    path(bag, { fill: weave(brush, cloth) }),
    path(folds, { fill: 'none', stroke: ink, 'stroke-width': 16, opacity: 0.13, filter: brush.blur(7) }),
    path('M196 420C330 434 470 434 604 420L606 446C470 460 330 460 194 446Z', { fill: ink, opacity: 0.1 }),
    path(strap, { fill: 'none', stroke: cloth, 'stroke-width': 24 }),
    path(strap, { fill: 'none', stroke: '#ffffff', 'stroke-width': 5, opacity: 0.4, transform: 'translate(-6 0)' }),
    group({ transform: 'translate(396 640) scale(0.86)' }, hand(print, cloth)),
    crescent([394, 486], 20, print),
    sparkle([296, 560], 18, print),
    sparkle([512, 550], 14, print),
    sparkle([280, 700], 12, print),
    sparkle([528, 700], 18, print),
    peg(brush, [400, 240]),
    path(bag, {
      fill: brush.linear(`#ffffff 0 0.14, #ffffff 0.5 0, ${ink} 1 0.2`),
    }),
  ].join('');
};

export const textiles = {
  'knit-blanket': drawing<BlanketLook>(
    [
      { colors: ['#efe3cd', '#c98a5e', '#a9604a'] },
      { colors: ['#e7dfe6', '#8c83a6', '#5f5b80'], zoom: { scale: 1.7, center: [420, 600] } },
    ],
    blanket,
  ),
  'eye-cushion': drawing<CushionLook>(
    [
      { cloth: '#2f5a5c', thread: '#e8c477', iris: '#5f9a9c', zoom: { scale: 1.04, center: [404, 545] } },
      { cloth: '#b9573f', thread: '#f5deb0', iris: '#4d7a80', zoom: { scale: 1.6, center: [440, 500] } },
    ],
    cushion,
  ),
  'herb-towels': drawing<TowelLook>(
    [{ cloth: '#f5eee0', print: '#5d7a5e', second: '#c8664d', zoom: { scale: 1.16, center: [404, 520] } }],
    towels,
  ),
  'hand-tote': drawing<ToteLook>(
    [{ cloth: '#efe4cf', print: '#35304f', zoom: { scale: 1.2, center: [404, 530] } }],
    tote,
  ),
};
