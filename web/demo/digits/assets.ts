/// Where the network’s weights lie, and the test digits, whose file the build makes.

export const weightsUrl = new URL('../../../tests/data/digits.safetensors', import.meta.url).href;
export const testDigitsUrl = new URL('../../../build/test-digits.bin', import.meta.url).href;
