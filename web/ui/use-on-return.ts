import { useEffect, useRef } from 'preact/hooks';

/** Runs when the person comes back to the page: its tab is shown again, or it returns from the browser's memory. */
export const useOnReturn = (run: () => void): void => {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const onVisible = (): void => {
      if (document.visibilityState === 'visible') latest.current();
    };
    const onPageShow = (event: PageTransitionEvent): void => {
      if (event.persisted) latest.current();
    };
    document.addEventListener('visibilitychange', onVisible);
    window.addEventListener('pageshow', onPageShow);
    return () => {
      document.removeEventListener('visibilitychange', onVisible);
      window.removeEventListener('pageshow', onPageShow);
    };
  }, []);
};
