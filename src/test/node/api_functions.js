'use strict';
// The functions of src/test/functions/api_functions.py as far as the contract suite calls them.

Object.assign(exports, {
  text_of: (count) => 'x'.repeat(count - 2),

  nest(levels) {
    let value = [];
    for (let level = 1; level < levels; level++) value = [value];
    return value;
  },

  /** What has no JSON form. */
  odd_values(kind) {
    const circle = [];
    circle.push(circle);
    return {
      nan: NaN, infinity: -Infinity, 'nan inside': { a: [1, NaN] }, object: Symbol('object'), surrogate: '\ud800', circle,
      function: () => 1,
    }[kind];
  },

  burn(seconds) {
    const end = process.cpuUsage().user + seconds * 1e6;
    while (process.cpuUsage().user < end);
  },

  /** Lines of 100 bytes, then one that is the last. */
  flood(lines) {
    for (let number = 0; number < lines; number++) console.log(String(number).padStart(99, '0'));
    console.log('the last line');
  },
});
