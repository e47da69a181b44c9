const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/^curl\//, 'curl']
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'an iPhone'],
  [/iPad/, 'an iPad'],
  [/Android/, 'Android'],
  [/Mac OS X/, 'a Mac'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux']
]

const find = (list: typeof BROWSERS, text: string) => list.find(([sign]) => sign.test(text))?.[1]

/** `Chrome on Linux`; what it said of itself where that is not known. */
export function nameDevice(userAgent: string | null): string {
  if (userAgent === null) return 'A device that did not say what it is'
  const browser = find(BROWSERS, userAgent)
  const system = find(SYSTEMS, userAgent)
  if (!browser) return userAgent
  return system ? `${browser} on ${system}` : browser
}
