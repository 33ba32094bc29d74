/// Collects values under small integer keys and gives each key's count, mean and exact median.
///
/// Values are kept as they come and put beside each other by one counting sort at the end, which keeps the order of
/// arrival within a key: the mean is a sum in file order, whatever the number of threads that parsed the file.
public struct GroupedValues: Sendable {
  /// One entry per key that got a value, in ascending order of keys.
  public struct Groups: Sendable {
    public var keys: [Int32] = []
    public var counts: [Int32] = []
    public var means: [Double] = []
    public var medians: [Double] = []
    /// Sum of squared deviations from the mean.
    public var squares: [Double] = []
    /// Smallest tag that came with a value of the key.
    public var firstTags: [Int32] = []
  }

  private var chunks: [(keys: [Int32], values: [Double], tags: [Int32])] = []
  private var countOfKey: [Int32] = []

  public init() {}

  /// Adds a stretch of values; all three arrays have one entry per value.
  ///
  /// - Parameters:
  ///   - keys: Not negative; the largest decides the memory used.
  ///   - tags: Such as line numbers; may be empty.
  public mutating func add(keys: [Int32], values: [Double], tags: [Int32] = []) {
    precondition(keys.count == values.count && (tags.isEmpty || tags.count == keys.count), "one value per key")
    for key in keys {
      if Int(key) >= countOfKey.count {
        countOfKey += [Int32](repeating: 0, count: max(Int(key) + 1 - countOfKey.count, countOfKey.count / 2))
      }
      countOfKey[Int(key)] += 1
    }
    chunks.append((keys, values, tags))
  }

  /// - Complexity: linear in values and keys, but for the medians of large groups.
  public consuming func finish() -> Groups {
    var starts = [Int](repeating: 0, count: countOfKey.count + 1)
    for key in countOfKey.indices { starts[key + 1] = starts[key] + Int(countOfKey[key]) }
    var next = starts
    var sorted = [Double](repeating: 0, count: starts[countOfKey.count])
    var tagOfKey = [Int32](repeating: .max, count: countOfKey.count)
    for position in chunks.indices {
      let chunk = chunks[position]
      // Freed as it is used up, so that values are held twice for one chunk only.
      chunks[position] = ([], [], [])
      for k in chunk.keys.indices {
        let key = Int(chunk.keys[k])
        sorted[next[key]] = chunk.values[k]
        next[key] += 1
        if !chunk.tags.isEmpty { tagOfKey[key] = min(tagOfKey[key], chunk.tags[k]) }
      }
    }
    var groups = Groups()
    sorted.withUnsafeMutableBufferPointer { sorted in
      for key in countOfKey.indices where countOfKey[key] > 0 {
        var values = UnsafeMutableBufferPointer(rebasing: sorted[starts[key]..<starts[key + 1]])
        groups.keys.append(Int32(key))
        groups.counts.append(countOfKey[key])
        var sum = 0.0
        for value in values { sum += value }
        let mean = sum / Double(values.count)
        var squares = 0.0
        for value in values { squares += (value - mean) * (value - mean) }
        groups.means.append(mean)
        groups.squares.append(squares)
        groups.medians.append(median(&values))
        groups.firstTags.append(tagOfKey[key] == .max ? 0 : tagOfKey[key])
      }
    }
    return groups
  }
}

/// The median, averaging the two middle values of an even count; reorders the buffer.
///
/// - Precondition: at least one value, none of them NaN.
public func median(_ values: inout UnsafeMutableBufferPointer<Double>) -> Double {
  precondition(!values.isEmpty, "a median needs a value")
  let middle = values.count / 2
  if values.count <= 32 {
    for k in 1..<max(1, values.count) {
      let value = values[k]
      var j = k
      while j > 0, values[j - 1] > value {
        values[j] = values[j - 1]
        j -= 1
      }
      values[j] = value
    }
  } else {
    values.sort()
  }
  return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
}
