import type { MetadataJson } from 'libphonenumber-js/core';
import allCountries from 'libphonenumber-js/max/metadata';
import { countryCodes } from './countries.ts';
import { lazy } from './lazy.ts';

/**
 * Keeps the known countries of the library's metadata and drops the rest. The bundler does the same to the library's
 * file: 28 KB in a Lambda instead of 156.
 */
export const onlyKnownCountries = (metadata: MetadataJson): MetadataJson => {
  const known = new Set<string>(countryCodes);
  const callingCodes = Object.entries(metadata.country_calling_codes)
    .map(([code, countries]) => [code, countries.filter((country) => known.has(country))] as const)
    .filter(([, countries]) => countries.length > 0);
  return {
    ...metadata,
    country_calling_codes: Object.fromEntries(callingCodes),
    countries: Object.fromEntries(Object.entries(metadata.countries).filter(([country]) => known.has(country))),
    nonGeographic: {},
  } as MetadataJson;
};

/** The metadata that phones are read with, made at the first phone. */
export const phoneMetadata = lazy(() => onlyKnownCountries(allCountries));
