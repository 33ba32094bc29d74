/// One number per slot, absent where there is none; an entry costs 8 bytes instead of the 16 of an optional.
///
/// Reads like an array of optionals. Inside, an absent number is a NaN that no caller meets.
public struct OptionalColumn: RandomAccessCollection, Sendable {
  /// NaN where there is no number.
  var numbers: [Double]

  init(numbers: [Double]) { self.numbers = numbers }

  /// A column of `count` absent numbers.
  public init(absent count: Int) { numbers = [Double](repeating: .nan, count: count) }

  /// - Precondition: No number is NaN.
  public init(_ values: some Collection<Double?>) {
    numbers = values.map { value in
      precondition(value?.isNaN != true, "an absent number is nil")
      return value ?? .nan
    }
  }

  /// A collection's index is a slot, from 0.
  public var startIndex: Int { 0 }
  /// Slots of the column.
  public var endIndex: Int { numbers.count }

  /// `nil` where there is no number.
  public subscript(slot: Int) -> Double? {
    get {
      let number = numbers[slot]
      return number.isNaN ? nil : number
    }
    set { numbers[slot] = newValue ?? .nan }
  }
}

extension OptionalColumn {
  /// -x for every x.
  public var negated: OptionalColumn { OptionalColumn(numbers: numbers.map { -$0 }) }

  /// The same numbers where `other` has one too, absent elsewhere.
  public func present(where other: OptionalColumn) -> OptionalColumn {
    precondition(count == other.count, "one entry per slot")
    var column = self
    for slot in 0..<count where other.numbers[slot].isNaN { column.numbers[slot] = .nan }
    return column
  }
}

extension OptionalColumn {
  /// The same numbers, and 1 where a slot's z lies on the other side of 0 than its z' under an empirical null.
  ///
  /// Where hot cells widen a field's spread, all others lie below its mean, those with few neighbours by fewer standard
  /// deviations: they stand out from the bulk of the z and are as little hot as the bulk. As p for bins, 1 keeps them out.
  public func asChance(whereSignOf z: OptionalColumn, differsFrom standardised: OptionalColumn) -> OptionalColumn {
    precondition(count == z.count && count == standardised.count, "one entry per slot")
    var column = self
    for slot in 0..<count where z.numbers[slot] * standardised.numbers[slot] < 0 && !numbers[slot].isNaN {
      column.numbers[slot] = 1
    }
    return column
  }
}

extension OptionalColumn: Equatable {
  public static func == (a: OptionalColumn, b: OptionalColumn) -> Bool { a.elementsEqual(b) }
}

extension OptionalColumn: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Double?...) { self.init(elements) }
}

extension EmpiricalNull {
  /// The same from a column.
  public init?(z: OptionalColumn) { self.init(z: Array(z)) }

  /// z' of every z.
  public func standardised(_ z: OptionalColumn) -> OptionalColumn {
    OptionalColumn(numbers: z.numbers.map { standardised($0) })
  }
}
