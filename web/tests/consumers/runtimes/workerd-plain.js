import { load } from 'trilane';
import 'trilane/worker';

export default {
  async test() {
    await load().catch(({ code, message }) => console.log(code, message));
  },
};
