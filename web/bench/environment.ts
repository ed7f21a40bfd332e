import type { Engine, Environment, Machine } from './protocol.ts';

/** The part of NavigatorUAData (Chromium) that is used; TypeScript's DOM library does not have it yet. */
interface UserAgentData {
  getHighEntropyValues(hints: string[]): Promise<{
    fullVersionList?: { brand: string; version: string }[];
    platform?: string;
    platformVersion?: string;
  }>;
}

const userAgentData = () => (navigator as Navigator & { userAgentData?: UserAgentData }).userAgentData;

/** The JavaScript engine, under its own name and its browser's version. */
async function engine(): Promise<Engine> {
  const user_agent = navigator.userAgent;
  const chromium = (await userAgentData()?.getHighEntropyValues(['fullVersionList']))?.fullVersionList?.find(
    ({ brand }) => brand === 'Chromium',
  );
  const engines: [string, RegExp][] = [
    ['V8', /Chrome\/([\d.]+)/],
    ['SpiderMonkey', /Firefox\/([\d.]+)/],
    ['JavaScriptCore', /Version\/([\d.]+).* Safari\//],
  ];
  for (const [name, pattern] of engines) {
    const version = pattern.exec(user_agent)?.[1];
    if (version) return { name, version: (name === 'V8' && chromium?.version) || version, user_agent };
  }
  return { name: 'unknown', version: 'unknown', user_agent };
}

/** What the page knows about where it runs; `machine` fills in what only the headless runner can know. */
export async function environment(machine: Machine | null): Promise<Environment> {
  const seen = await engine();
  return {
    os: machine?.os ?? null,
    cpu: machine?.cpu ?? { model: null, logical_cores: navigator.hardwareConcurrency, caches: [] },
    engine: { ...seen, version: machine?.engine_version ?? seen.version },
    cross_origin_isolated: crossOriginIsolated,
  };
}
