import { useEffect, useState } from 'preact/hooks';

const MINUTE_MS = 60_000;

/** The cloud's time as it goes on from the moment it was told, to the minute. */
export const useMinute = (toldAt: string): string => {
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const start = Date.now();
    setPassed(0);
    const timer = setInterval(() => setPassed(Date.now() - start), MINUTE_MS);
    return () => clearInterval(timer);
  }, [toldAt]);
  return new Date(new Date(toldAt).getTime() + passed).toISOString();
};
