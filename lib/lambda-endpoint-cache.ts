/**
 * Takes the place of the SDK's cache of discovered endpoints when bundling. DynamoDB's client would ask for one only if
 * endpoint discovery were turned on, which nothing here does; with its library the cache is 8 KB of every function.
 */
export class EndpointCache {
  getEndpoint(): never {
    throw new Error('endpoint discovery is not part of this bundle');
  }
}
