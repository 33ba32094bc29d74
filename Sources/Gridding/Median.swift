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
    return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
  }
  select(&values, middle)
  guard values.count % 2 == 0 else { return values[middle] }
  // What stands before the middle is not larger than it; the largest of it is the other middle value.
  var below = values[0]
  for k in 1..<middle where values[k] > below { below = values[k] }
  return (below + values[middle]) / 2
}

/// Puts the value of rank `rank` (from 0) into its place, smaller ones before it and larger ones behind it.
///
/// Quickselect with the median of three as pivot and three-way partition (Hoare 1961; Bentley & McIlroy 1993), so that
/// many equal values cost nothing extra; after many bad pivots it sorts, which bounds the time.
private func select(_ values: inout UnsafeMutableBufferPointer<Double>, _ rank: Int) {
  var low = 0
  var high = values.count - 1
  var rounds = 0
  while low < high {
    rounds += 1
    if rounds > 64 {
      var rest = UnsafeMutableBufferPointer(rebasing: values[low...high])
      return rest.sort()
    }
    let (a, b, c) = (values[low], values[low + (high - low) / 2], values[high])
    let pivot = max(min(a, b), min(max(a, b), c))
    var smaller = low
    var larger = high
    var k = low
    while k <= larger {
      let value = values[k]
      if value < pivot {
        values.swapAt(k, smaller)
        smaller += 1
        k += 1
      } else if value > pivot {
        values.swapAt(k, larger)
        larger -= 1
      } else {
        k += 1
      }
    }
    if rank < smaller { high = smaller - 1 } else if rank > larger { low = larger + 1 } else { return }
  }
}
