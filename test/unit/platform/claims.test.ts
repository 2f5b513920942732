import { describe, expect, it } from 'vitest';
import { putAside, resolveClaim } from '#platform/claims.ts';

const anArchive = () => {
  const files = new Map<string, Buffer>();
  return {
    files,
    put: async (key: string, body: string | Buffer) => void files.set(key, Buffer.from(body)),
    get: async (key: string) => files.get(key),
  };
};

describe('a message for a queue', () => {
  it('goes as it is when it is small', async () => {
    const archive = anArchive();
    const body = { text: 'hola' };
    expect(await putAside(body, archive)).toBe(body);
    expect(await resolveClaim(body, archive)).toBe(body);
    expect(archive.files.size).toBe(0);
  });

  it('is put aside when it is too big, once however often it comes, and found again', async () => {
    const archive = anArchive();
    const body = { text: 'á'.repeat(600_000) };
    const [claim, again] = [await putAside(body, archive), await putAside({ ...body }, archive)];
    expect(claim).toEqual({ claim: expect.stringMatching(/^claims\/[0-9a-f]{64}\.json$/) });
    expect(again).toEqual(claim);
    expect(archive.files.size).toBe(1);
    expect(await resolveClaim(claim, archive)).toEqual(body);
  });

  it('is not found any more once its time is over', async () => {
    await expect(resolveClaim({ claim: 'claims/1.json' }, anArchive())).rejects.toThrow('not there any more');
  });

  it('is no claim when it names something else of the archive', async () => {
    const body = { claim: 'webhooks/2026/1.json.gz' };
    expect(await resolveClaim(body, anArchive())).toBe(body);
  });
});
