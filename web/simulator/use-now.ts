import { useEffect, useState } from 'preact/hooks';

/** The cloud's time as it goes on from the moment it was told, looked at every so often. */
export const useNow = (toldAt: string, everyMs: number): string => {
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const start = Date.now();
    setPassed(0);
    const timer = setInterval(() => setPassed(Date.now() - start), everyMs);
    return () => clearInterval(timer);
  }, [toldAt, everyMs]);
  return new Date(new Date(toldAt).getTime() + passed).toISOString();
};
