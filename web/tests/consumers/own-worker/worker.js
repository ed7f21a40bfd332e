import { exercise } from './exercise.js';
import { load } from './trilane/index.js';

const tl = await load();
postMessage({ arch: tl.arch, here: await exercise(tl) });
