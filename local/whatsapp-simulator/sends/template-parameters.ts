import { GraphRefusal } from '../graph-refusal.ts';
import type { CardHeader } from '../simulator-api.ts';
import { judgeMedia, type Later, mediaKeys, type Surroundings } from './media-part.ts';
import { maybePartOf, maybeTextOf, numberOf, type Part, partOf, partsOf, textOf } from './part.ts';
import { fill, type Shape, variablesOf } from './template-shape.ts';

/** The same for all parts of one template send. */
export interface Filling {
  named: boolean;
  around: Surroundings;
  later: Later;
}

export const parameterKeys = [
  'type',
  'parameter_name',
  'text',
  'currency',
  'date_time',
  'image',
  'video',
  'document',
  'location',
  'payload',
  'coupon_code',
  'action',
  'limited_time_offer',
];

const HYDRATED = 1024;

const mismatch = (details: string): GraphRefusal => new GraphRefusal(132012, details);

const assertCleanText = (text: string, path: string): void => {
  if (/[\n\r\t]| {5,}/.test(text)) {
    throw mismatch(`${path}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces`);
  }
};

/** The text that a parameter stands for. */
const wordsOf = (parameter: Part): string => {
  const type = textOf(parameter, 'type', { most: 50 });
  if (type === 'currency') {
    const currency = partOf(parameter, 'currency', ['fallback_value', 'code', 'amount_1000']);
    textOf(currency, 'code', { most: 3, least: 3 });
    numberOf(currency, 'amount_1000', -1e15, 1e15);
    return textOf(currency, 'fallback_value', { most: HYDRATED });
  }
  if (type === 'date_time') {
    return textOf(partOf(parameter, 'date_time', ['fallback_value']), 'fallback_value', { most: HYDRATED });
  }
  if (type !== 'text') throw mismatch(`${parameter.path}: expected a text, not ${type}`);
  const given = parameter.members['text'];
  if (given === undefined || given === '')
    throw new GraphRefusal(131008, 'Parameter of type text is missing text value');
  const text = textOf(parameter, 'text', { most: Number.POSITIVE_INFINITY });
  assertCleanText(text, parameter.path);
  return text;
};

const countMismatch = (where: string, given: number, wanted: number): GraphRefusal =>
  new GraphRefusal(
    132000,
    `${where}: number of localizable_params (${given}) does not match the expected number of params (${wanted})`,
  );

/** The values of a text's variables: by name in any order, or by place. */
export const valuesOf = (text: string, parameters: readonly Part[], where: string, { named }: Filling) => {
  const variables = variablesOf(text);
  if (parameters.length !== variables.length) throw countMismatch(where, parameters.length, variables.length);
  const values = parameters.map((parameter, place): [string, string] => {
    const name = maybeTextOf(parameter, 'parameter_name', { most: 200 });
    if (named && name === undefined) throw mismatch(`${parameter.path}: Parameter name is missing or empty`);
    if (!named && name !== undefined)
      throw mismatch(`${parameter.path}: the template is positional and takes no parameter_name`);
    return [name ?? String(place + 1), wordsOf(parameter)];
  });
  const missing = variables.find((variable) => !values.some(([name]) => name === variable));
  if (missing !== undefined) throw mismatch(`${where}: there is no parameter ${missing}`);
  return Object.fromEntries(values);
};

/** The body with its variables filled. */
export const fillBody = (body: string, parameters: readonly Part[], filling: Filling): string => {
  const text = fill(body, valuesOf(body, parameters, 'body', filling));
  if (text.length > HYDRATED)
    throw new GraphRefusal(132005, `body: ${text.length} characters, at most ${HYDRATED} are allowed`);
  return text;
};

const mediaHeaders: Readonly<Record<string, 'image' | 'video' | 'document'>> = {
  IMAGE: 'image',
  VIDEO: 'video',
  DOCUMENT: 'document',
};

const locationKeys = ['latitude', 'longitude', 'name', 'address'];

/** The header as it will look. */
export const fillHeader = (
  header: Shape['header'],
  parameters: readonly Part[],
  filling: Filling,
): CardHeader | undefined => {
  if (!header) {
    if (parameters.length > 0) throw countMismatch('header', parameters.length, 0);
    return undefined;
  }
  if (header.format === 'TEXT') {
    return { type: 'text', text: fill(header.text, valuesOf(header.text, parameters, 'header', filling)) };
  }
  const [parameter] = parameters;
  if (!parameter || parameters.length > 1) throw countMismatch('header', parameters.length, 1);
  const type = textOf(parameter, 'type', { most: 50 });
  if (type.toUpperCase() !== header.format) {
    throw mismatch(`header: Format mismatch, expected ${header.format}, received ${type.toUpperCase()}`);
  }
  if (type === 'location') {
    const place = partOf(parameter, 'location', locationKeys);
    numberOf(place, 'latitude', -90, 90);
    numberOf(place, 'longitude', -180, 180);
    const most = { most: 1000 };
    return { type: 'location', name: maybeTextOf(place, 'name', most), address: maybeTextOf(place, 'address', most) };
  }
  const kind = mediaHeaders[header.format];
  if (!kind) throw mismatch(`header: ${header.format} cannot be sent`);
  return judgeMedia(partOf(parameter, kind, mediaKeys(kind)), kind, filling.around, filling.later);
};

/** An offer needs to know when it ends, if it is said at all. */
export const judgeOffer = (component: Part | undefined, hasOffer: boolean): void => {
  if (!hasOffer && component) throw countMismatch('limited_time_offer', 1, 0);
  if (!component) return;
  const [parameter] = partsOf(component, 'parameters', parameterKeys, { least: 1, most: 1 });
  const offer = parameter && maybePartOf(parameter, 'limited_time_offer', ['expiration_time_ms']);
  if (!offer) throw mismatch('limited_time_offer: expiration_time_ms is missing');
  numberOf(offer, 'expiration_time_ms', 0, 1e14);
};
