/** JSON with integers of more than 15 digits as strings, which JSON.parse would round: ids of 19 digits are sent bare. Undefined: it is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits)
  } catch {
    return undefined
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isLong = typeof value === 'number' && context?.source !== undefined && /^-?\d{16,}$/.test(context.source)
  return isLong ? context.source : value
}
