/// Takes out of the environment what would change what tests see. Programs and browsers that tests start inherit it.

const unwanted = [
  /^DISPLAY$/, // WebKit would open windows on it
  /^WAYLAND_DISPLAY$/,
  /^(https?|all|no)_proxy$/i, // the servers of tests are on this machine
  /^TRILANE_(?!TEST_)/, // an arch, say
];
for (const name of Object.keys(process.env)) if (unwanted.some((pattern) => pattern.test(name))) delete process.env[name];
process.env['TZ'] = 'UTC';
process.env['LC_ALL'] = 'C.UTF-8';

/** Whether `scripts/test --all` runs these tests. */
export const isAll = process.env['TRILANE_TEST_ALL'] === '1';
