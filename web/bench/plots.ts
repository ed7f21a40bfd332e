import { element } from '../shared/element.ts';
import { offer } from '../shared/select.ts';
import type { Benchmark, Calibration } from './baseline.ts';
import { archsBeside } from './charts/archs.ts';
import { type Source, distinct, inputOf, operationOf } from './charts/data.ts';
import { PlotFigure } from './charts/figure.ts';
import { roofline } from './charts/roofline.ts';
import { throughputBySize } from './charts/throughput.ts';

/** The plots of the page's own run, as its results arrive. */
export class RunPlots {
  readonly #section = element('plots');
  readonly #operation = element<HTMLSelectElement>('plot-operation');
  readonly #input = element<HTMLSelectElement>('plot-input');
  readonly #throughput = new PlotFigure(element('throughput-plot'), (theme) =>
    throughputBySize([this.#source], this.#operation.value, theme),
  );
  readonly #archs = new PlotFigure(element('archs-plot'), (theme) =>
    archsBeside([this.#source], this.#operation.value, this.#input.value, theme),
  );
  readonly #roofline = new PlotFigure(element('roofline-plot'), (theme) => roofline(this.#source, theme));
  #source: Source = { name: 'this page', calibration: null, benchmarks: [] };
  /** Until a person chooses, the plots show what was measured last. */
  #follows = true;

  constructor() {
    this.#operation.addEventListener('change', () => {
      this.#follows = false;
      this.#offerInputs();
      void this.#changed();
    });
    this.#input.addEventListener('change', () => {
      this.#follows = false;
      void this.#archs.changed();
    });
  }

  /** A run begins: empty plots. They take their room now, when a person has just pressed a button. */
  start(): void {
    this.#section.hidden = false;
    this.#source = { ...this.#source, calibration: null, benchmarks: [] };
    offer(this.#operation, []);
    offer(this.#input, []);
    void this.#changed();
  }

  calibrated(calibration: Calibration): void {
    this.#source.calibration = calibration;
  }

  /** Resolves when what is on the screen shows it. */
  async add(benchmark: Benchmark): Promise<void> {
    this.#source.benchmarks.push(benchmark);
    offer(this.#operation, distinct(this.#source.benchmarks.map(operationOf)).map(same));
    if (this.#follows) this.#operation.value = operationOf(benchmark);
    this.#offerInputs();
    if (this.#follows) this.#input.value = inputOf(benchmark);
    await this.#changed();
  }

  #offerInputs(): void {
    const ofOperation = this.#source.benchmarks.filter((one) => operationOf(one) === this.#operation.value);
    offer(this.#input, distinct(ofOperation.map(inputOf)).map(same));
  }

  async #changed(): Promise<void> {
    await Promise.all([this.#throughput.changed(), this.#archs.changed(), this.#roofline.changed()]);
  }
}

const same = (value: string) => ({ value, text: value });
