import { load } from 'trilane';
import { exercise } from './exercise.js';

const tl = await load({ relaxed: process.argv[2] !== 'plain' });
console.log(JSON.stringify({ arch: tl.arch, ...(await exercise(tl)) }));
