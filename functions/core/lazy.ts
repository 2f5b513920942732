/** The type behind a lazily made value: `z.infer<Lazy<typeof Product>>` reads a schema declared with {@link lazy}. */
export type Lazy<Make extends () => unknown> = ReturnType<Make>;

/**
 * Makes a value at its first use and keeps it. Schemas are declared through it because building forty of them at
 * load would add some ten milliseconds to every cold start, and one request needs two or three.
 */
export const lazy = <Value>(make: () => Value): (() => Value) => {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
