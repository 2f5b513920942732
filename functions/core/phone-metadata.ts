import type { MetadataJson } from 'libphonenumber-js/core';
import allCountries from 'libphonenumber-js/max/metadata';

/**
 * The countries whose numbering plan we know; others are taken only in full international form. The bundler applies
 * the same {@link onlyKnownCountries} to the library's data: 28 KB in a Lambda instead of 156.
 */
export const knownCountries = [
  'AR',
  'BO',
  'BR',
  'CA',
  'CL',
  'CO',
  'CR',
  'CU',
  'DE',
  'DO',
  'EC',
  'ES',
  'FR',
  'GB',
  'GT',
  'HN',
  'IT',
  'MX',
  'NI',
  'PA',
  'PE',
  'PR',
  'PT',
  'PY',
  'SV',
  'US',
  'UY',
  'VE',
] as const;

/** Keeps the known countries of the library's metadata and drops the rest. */
export const onlyKnownCountries = (metadata: MetadataJson): MetadataJson => {
  const known = new Set<string>(knownCountries);
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

export const phoneMetadata = onlyKnownCountries(allCountries);
