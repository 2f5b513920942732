import type { Clock } from '#core/clock.ts';
import { isPlainJson, jsonOfFormFields } from './form-body.ts';
import { formSecret, isFormSigned, signedDigest } from './form-signature.ts';
import { isFormKey, type LeadForm, secretVersionsAt } from './lead-form.ts';
import type { Submission } from './submission.ts';

export interface ReceiveFormPorts {
  forms: { findByKey: (formKey: string) => Promise<LeadForm | undefined> };
  submissions: { put: (submission: Submission) => Promise<boolean> };
  secret: () => Promise<string>;
  clock: Clock;
}

/** A request to a form's address, with its own bytes. Names of headers are in lower case. */
export interface FormRequest {
  params: Readonly<Record<string, string | undefined>>;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

interface Answer {
  status: 200 | 400 | 401 | 404 | 413 | 415;
  text?: string;
}

/** What is older, or from further in the future, is refused: somebody may have listened. */
const MOST_SKEW_MS = 300_000;
const MOST_BYTES = 64 * 1024;

interface Signed {
  timestamp: string;
  signature: string;
}

/** The signature's headers, when they have the form of one and the moment is now. No secret is looked up for others. */
const signedOf = ({ headers }: FormRequest, now: Date): Signed | undefined => {
  const timestamp = headers['x-vidriera-timestamp'] ?? '';
  const signature = headers['x-vidriera-signature'] ?? '';
  if (!/^\d{10}$/.test(timestamp) || !/^sha256=[0-9a-f]{64}$/.test(signature)) return undefined;
  const skew = Math.abs(now.getTime() - Number(timestamp) * 1000);
  return skew <= MOST_SKEW_MS ? { timestamp, signature } : undefined;
};

/** What is written with escapes takes more room than it was sent in; a row takes 400 KB. */
const MOST_KEPT_BYTES = 2 * MOST_BYTES;

const bounded = (payload: string): { payload: string } | Answer =>
  Buffer.byteLength(payload) <= MOST_KEPT_BYTES ? { payload } : { status: 413, text: 'these fields are too large' };

/** The body's fields as JSON, or why there are none. */
const payloadOf = ({ headers, body }: FormRequest): { payload: string } | Answer => {
  const contentType = headers['content-type'] ?? '';
  const text = body.toString('utf8').toWellFormed();
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return bounded(jsonOfFormFields(text));
  if (/^application\/([\w.-]+\+)?json\b/i.test(contentType)) {
    return isPlainJson(text)
      ? bounded(text)
      : { status: 400, text: 'the body is not a JSON object, or a very deep one' };
  }
  return { status: 415, text: 'the body must be application/json or application/x-www-form-urlencoded' };
};

const keep = async (
  { shopId, formKey }: LeadForm,
  { timestamp }: Signed,
  [body, payload]: [Buffer, string],
  { submissions, clock }: ReceiveFormPorts,
): Promise<Answer> => {
  const now = clock().toISOString();
  const submissionId = signedDigest(formKey, timestamp, body);
  const times = { receivedAt: now, updatedAt: now };
  await submissions.put({
    ...{ shopId, submissionId, kind: 'form', formId: formKey, payload, state: 'pending', version: 1 },
    ...times,
  });
  return { status: 200, text: submissionId };
};

/** Who is called, and that it is they who sent it; or what is wrong. */
const authenticate = async (
  formKey: string,
  request: FormRequest,
  { forms, secret, clock }: ReceiveFormPorts,
): Promise<{ form: LeadForm; signed: Signed } | Answer> => {
  const now = clock();
  const signed = signedOf(request, now);
  if (signed === undefined) return { status: 401, text: 'no signature of the last five minutes' };
  const form = await forms.findByKey(formKey);
  if (form === undefined) return { status: 404 };
  const appSecret = await secret();
  const secrets = secretVersionsAt(form, now).map((version) => formSecret(appSecret, formKey, version));
  const isGood = isFormSigned(signed.signature, { ...signed, body: request.body }, secrets);
  return isGood ? { form, signed } : { status: 401, text: 'the signature is not of this form’s secret' };
};

/**
 * Takes a form that a shop's own site sends, signed with the form's secret within five minutes of its moment: answers 200
 * with the submission's id once it is kept. The same signed content sent again is the same submission. 401 when the
 * signature is not good, 404 when the key is nobody's. Throws when it should be sent again.
 */
export const receiveForm =
  (ports: ReceiveFormPorts) =>
  async (request: FormRequest): Promise<Answer> => {
    const { body, params } = request;
    const formKey = params['formKey'] ?? '';
    if (!isFormKey(formKey)) return { status: 404 };
    if (body.length > MOST_BYTES) return { status: 413, text: `at most ${MOST_BYTES} bytes are taken` };
    const known = await authenticate(formKey, request, ports);
    if ('status' in known) return known;
    const read = payloadOf(request);
    return 'payload' in read ? keep(known.form, known.signed, [body, read.payload], ports) : read;
  };
