interface PlannedPart {
  readonly partNumber: number
  /** In bytes. Of the last part, what is left. */
  readonly size: number
}

/** The parts in which a file arrives, in order. */
export const planParts = (fileSize: number, partSize: number): PlannedPart[] =>
  Array.from({ length: Math.ceil(fileSize / partSize) }, (_, index) => ({
    partNumber: index + 1,
    size: Math.min(partSize, fileSize - index * partSize)
  }))
