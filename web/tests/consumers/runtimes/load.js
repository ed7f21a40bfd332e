import { load } from 'trilane';

console.log(JSON.stringify({ arch: (await load()).arch }));
