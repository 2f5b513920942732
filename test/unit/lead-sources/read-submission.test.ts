import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answers, answersOf, answersOfLeadAd, filledInAt } from '../../../functions/lead-sources/answers.ts';
import { leadgenIdOf } from '../../../functions/lead-sources/fetch-lead-ad.ts';
import { isPlainJson, jsonOfFormFields } from '../../../functions/lead-sources/form-body.ts';
import { isFormSigned, signedDigest, signForm } from '../../../functions/lead-sources/form-signature.ts';
import { type FormReading, secretVersionsAt, unmappedForm } from '../../../functions/lead-sources/lead-form.ts';
import { namesOf, readAnswers } from '../../../functions/lead-sources/read-submission.ts';
import { NOON } from '../../support/clock.ts';

const PHONE = '+5491161234567';
const read = (answers: Answers, form: Partial<FormReading> = {}) =>
  readAnswers(answers, { ...unmappedForm, ...form }, 'AR');

describe('the answers of a form', () => {
  it.each([
    [{ phone_number: PHONE }],
    [{ Teléfono: '11 6123-4567' }],
    [{ 'Número de teléfono': '011 15-6123-4567' }],
    [{ WHATSAPP: '+54 11 6123-4567' }],
    [{ celular: '', Movil: '0054 9 11 61234567' }],
    [{ numero_de_whatsapp: '11 6123-4567' }],
    [{ numero_whatsapp: '11 6123-4567' }],
    [{ 'Número de celular': '11 6123-4567' }],
    [{ telefono_celular: '11 6123-4567' }],
    [{ 'Teléfono móvil': '11 6123-4567' }],
    [{ contacto: '11 6123-4567' }],
    [{ dato: ['+54 9 11 6123-4567'], nombre: 'Ana' }],
    [{ '¿A qué cel te escribimos?': '11 6123-4567', dni: '20-30123456-7' }],
    [{ a: '+54 9 11 6123-4567', b: '011 15 6123-4567', phone_b: '11 6123 4567' }],
  ])('name a person by the phone, whatever its field is called: %o', (answers) => {
    expect(read(answers as Record<string, string>)).toMatchObject({ phone: PHONE });
  });

  it('name nobody without a phone, or with one that is none', () => {
    expect(read({ email: 'ana@example.com' })).toBe('phone-missing');
    expect(read({ phone: '  ' })).toBe('phone-missing');
    expect(read({ phone: '1234' })).toBe('phone-not-valid');
    expect(read({ a: PHONE, b: '+5491161234568' })).toBe('phone-missing');
    expect(read({ dni: '1161234567', pedido: '1161234568' })).toBe('phone-missing');
    expect(read({ phone: PHONE }, { mapping: { phone: 'other' } })).toBe('phone-missing');
  });

  it('are read as the mapping says, before what fields are usually called', () => {
    const mapping = { phone: 'contacto', fullName: 'Quién', email: 'e', tags: ['¿Qué buscás?'] };
    const answers = {
      contacto: PHONE,
      phone: '+5491100000000',
      quien: 'Ana María Sosa',
      e: 'a@b.example',
      'que buscas': 'Velas',
    };
    expect(read(answers, { mapping, tags: ['web'] })).toEqual({
      ...{ phone: PHONE, firstName: 'Ana', lastName: 'María Sosa', email: 'a@b.example' },
      tags: ['web', 'Velas'],
    });
  });

  it('take a number without its country for one of the form’s country, else of the shop’s', () => {
    expect(read({ tel: '094 123 456' }, { country: 'UY' })).toMatchObject({ phone: '+59894123456' });
    expect(read({ tel: '094 123 456' })).toBe('phone-not-valid');
  });

  it('leave out what is no e-mail address', () => {
    expect(read({ phone: PHONE, email: 'no tengo' })).not.toHaveProperty('email');
  });

  it.each([
    ['sent, where sending is agreeing', {}, undefined, true],
    ['not there', {}, 'ok', false],
    ['ticked twice', { ok: ['on', 'on'] }, 'ok', true],
    ['ticked and not', { ok: ['0', '1'] }, 'ok', false],
  ])('agree to the words when the field is %s', (_, answers, field, agrees) => {
    const consent = { text: 'Acepto', ...(field && { field }) };
    const facts = read({ phone: PHONE, ...answers } as Answers, { consent });
    const agreedTo = agrees ? { text: 'Acepto', isTicked: field !== undefined } : undefined;
    expect(typeof facts === 'object' && facts.agreedTo).toEqual(agreedTo);
  });

  it.each([
    ...[
      '1',
      'true',
      'TRUE',
      'on',
      'y',
      'yes',
      'Sí',
      'si',
      'SÍ.',
      'sim',
      'Sim, aceito',
      'Sí, acepto',
      'acepto',
      'Aceito',
    ],
    ...['ticked', 'checked', 'I agree', 'Estoy de acuerdo', 'Quiero recibir novedades por WhatsApp.'],
  ])('agree by a yes: %s', (ok) => {
    const facts = read(
      { phone: PHONE, ok },
      { consent: { text: '¡Quiero recibir novedades por WhatsApp!', field: 'ok' } },
    );
    expect(facts).toHaveProperty('agreedTo');
  });

  it.each([
    ...['', ' ', '0', 'false', 'no', 'No acepto', 'No, gracias', 'N', 'não', 'Não aceito', 'nao', 'off', 'unchecked'],
    ...['rechazo', 'falso', 'undefined', 'null', 'none', 'not now', 'quizás', 'tal vez', '-', '✗', 'declined', 'nunca'],
    ...['No quiero recibir novedades por WhatsApp', 'ni sí ni no', '2'],
  ])('agree to nothing by anything else: «%s»', (ok) => {
    const facts = read(
      { phone: PHONE, ok },
      { consent: { text: 'Quiero recibir novedades por WhatsApp', field: 'ok' } },
    );
    expect(facts).not.toHaveProperty('agreedTo');
  });

  it('are tags one by one, each of whole characters', () => {
    const answers = {
      phone: PHONE,
      colores: ['rojo', 'azul'],
      largo: `${'x'.repeat(39)}😀`,
      nombre: `${'n'.repeat(79)}😀`,
    };
    const facts = read(answers, { mapping: { tags: ['colores', 'largo'] } });
    expect(facts).toMatchObject({ tags: ['rojo', 'azul', 'x'.repeat(39)], firstName: 'n'.repeat(79) });
  });
});

describe('names', () => {
  it.each([
    [{ fullName: 'Ana' }, { firstName: 'Ana' }],
    [{ fullName: '  Ana   María Sosa ' }, { firstName: 'Ana', lastName: 'María Sosa' }],
    [
      { firstName: 'Ana', lastName: 'Sosa' },
      { firstName: 'Ana', lastName: 'Sosa' },
    ],
    [
      { fullName: 'Ana', lastName: 'Sosa' },
      { firstName: 'Ana', lastName: 'Sosa' },
    ],
    [{}, {}],
  ])('of %o', (given, names) => {
    expect(namesOf(given)).toEqual(names);
  });

  it('«nombre» is all of the name where nothing else is, and the first one beside «apellido»', () => {
    expect(read({ phone: PHONE, nombre: 'Ana Sosa' })).toMatchObject({ firstName: 'Ana', lastName: 'Sosa' });
    expect(read({ phone: PHONE, nombre: 'Ana María', apellido: 'Sosa' })).toMatchObject({
      firstName: 'Ana María',
      lastName: 'Sosa',
    });
  });
});

describe('what was sent', () => {
  it('as form fields is JSON, with lists of what comes more than once', () => {
    expect(JSON.parse(jsonOfFormFields('a=1&b=%2B5&a=2&__proto__=x'))).toEqual(
      JSON.parse('{"a":["1","2"],"b":"+5","__proto__":"x"}'),
    );
  });

  it('as form fields is read in one pass', () => {
    const text = Array.from({ length: 13_000 }, (_, n) => `${n.toString(36)}=&`).join('');
    const began = performance.now();
    expect(Object.keys(JSON.parse(jsonOfFormFields(text)))).toHaveLength(13_000);
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('as JSON is an object, and no deeper than a form is', () => {
    const deep = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect([deep(10), '{}', '{"a":[1]}'].map(isPlainJson)).toEqual([true, true, true]);
    expect([deep(32_000), deep(30), '[]', 'null', '7', '{'].map(isPlainJson)).toEqual(Array(6).fill(false));
    expect(answersOf(deep(10))).toEqual({ a: [] });
  });

  it('may have forms within forms and lists', () => {
    const payload = JSON.stringify({ contact: { phone: PHONE, tags: ['a', 'b'] }, n: 3, nothing: null });
    expect(answersOf(payload)).toEqual({ 'contact.phone': PHONE, 'contact.tags': ['a', 'b'], n: '3', nothing: '' });
    expect(read(answersOf(payload) ?? {}, { mapping: { phone: 'contact.phone' } })).toMatchObject({ phone: PHONE });
  });

  it('of Lead Ads has answers only once Meta has told them', () => {
    const told = { leadgen_id: '444444444444', page_id: '7' };
    expect(answersOfLeadAd(JSON.stringify(told))).toBeUndefined();
    expect(leadgenIdOf({ payload: JSON.stringify(told) })).toBe('444444444444');
    const field_data = [
      { name: 'phone_number', values: [PHONE] },
      { name: 'colores', values: ['rojo', 'azul'] },
    ];
    const custom_disclaimer_responses = [{ checkbox_key: 'novedades', is_checked: '1' }, { checkbox_key: 'otra' }];
    expect(answersOfLeadAd(JSON.stringify({ id: '444444444444', field_data, custom_disclaimer_responses }))).toEqual({
      ...{ phone_number: [PHONE], colores: ['rojo', 'azul'], novedades: 'true', otra: 'false' },
    });
    expect(filledInAt('{"created_time":"2026-11-21T12:00:00+0000"}')).toBe('2026-11-21T12:00:00.000Z');
    expect(filledInAt('{"created_time":1795274411}')).toBeUndefined();
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.dictionary(fc.string(), fc.string()), (payload, answers) => {
        answersOf(payload);
        answersOfLeadAd(payload);
        const facts = read(answers, { consent: { text: 'x', field: 'y' }, mapping: { tags: ['a', '__proto__'] } });
        expect(typeof facts === 'string' || facts.phone.startsWith('+')).toBe(true);
      }),
    );
  });
});

describe('the signature of a form', () => {
  it('is good for exactly these bytes, at this moment, with one of the secrets', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), fc.string({ minLength: 1 }), (body, other, secret) => {
        const signature = signForm(secret, '1795274411', body);
        const signed = (timestamp: string, bytes: Uint8Array, secrets: string[]) =>
          isFormSigned(signature, { timestamp, body: bytes }, secrets);
        expect(signed('1795274411', body, ['another', secret])).toBe(true);
        expect(signed('1795274412', body, [secret])).toBe(false);
        expect(signed('1795274411', body, [`${secret}.`])).toBe(false);
        expect(signed('1795274411', body, [])).toBe(false);
        if (Buffer.compare(body, other) !== 0) expect(signed('1795274411', other, [secret])).toBe(false);
        expect(signedDigest('K', '1', body)).toBe(signedDigest('K', '1', body));
      }),
    );
  });

  it('may be made with the former secret for a day', () => {
    const form = { secretVersion: 3, previousUntil: NOON };
    expect(secretVersionsAt(form, new Date(Date.parse(NOON) - 1))).toEqual([3, 2]);
    expect(secretVersionsAt(form, new Date(NOON))).toEqual([3]);
    expect(secretVersionsAt({ secretVersion: 1 }, new Date(NOON))).toEqual([1]);
  });
});
