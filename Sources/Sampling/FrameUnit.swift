public import Digests

/// What units of a frame can be grouped by, for quotas and reserves; the raw value is the column's name in files.
public enum FrameColumn: String, CaseIterable, Hashable, Sendable, Codable {
  case stratum, county, city
  case unitClass = "class"
}

/// Where a unit is, in metres of any plane; only differences count.
public struct FramePosition: Hashable, Sendable, Codable {
  /// Towards the east, metres.
  public let x: Double
  /// Towards the north, metres.
  public let y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// One line of a frame file: what can be drawn, with its score.
public struct FrameUnit: Hashable, Sendable {
  /// Public and stable; the ticket is computed from its UTF-8 bytes.
  public let id: String
  /// Not negative and finite.
  public let score: Double
  /// Empty when there are no strata.
  public let stratum: String
  /// Floor on the inclusion probability of this unit; 0 when there is none.
  public let minimumProbability: Double
  /// Cap on the inclusion probability of this unit; 1 when there is none.
  public let maximumProbability: Double
  /// Empty when unknown.
  public let county: String
  /// Empty when unknown.
  public let city: String
  /// Such as key unit (重点排污单位); empty when unknown.
  public let unitClass: String
  /// `nil` when unknown.
  public let position: FramePosition?

  public init(
    id: String, score: Double, stratum: String = "", minimumProbability: Double = 0, maximumProbability: Double = 1,
    county: String = "", city: String = "", unitClass: String = "", position: FramePosition? = nil
  ) {
    self.id = id
    self.score = score
    self.stratum = stratum
    self.minimumProbability = minimumProbability
    self.maximumProbability = maximumProbability
    self.county = county
    self.city = city
    self.unitClass = unitClass
    self.position = position
  }

  /// The unit's group in a column; empty when it has none.
  public func group(in column: FrameColumn) -> String {
    switch column {
    case .stratum: stratum
    case .county: county
    case .city: city
    case .unitClass: unitClass
    }
  }

  /// Every field as bytes, each behind its length, numbers as the bits of their double: what a sealed frame is made of.
  var canonicalBytes: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ text: String) {
      bytes += Array("\(text.utf8.count):".utf8)
      bytes += Array(text.utf8)
    }
    add(id)
    for number in [score, minimumProbability, maximumProbability] { add(number.bitText) }
    for column in FrameColumn.allCases { add(group(in: column)) }
    add(position?.x.bitText ?? "")
    add(position?.y.bitText ?? "")
    return bytes
  }
}

extension Double {
  /// The 64 bits of the number as 16 hexadecimal digits: exact, and the same in every language.
  public var bitText: String {
    let digits = String((self + 0).bitPattern, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Reads what ``bitText`` wrote; `nil` for anything else.
  public init?(bitText: some StringProtocol) {
    guard bitText.utf8.count == 16, let bits = UInt64(bitText, radix: 16) else { return nil }
    self.init(bitPattern: bits)
  }
}

/// One line of a drawn file.
public struct DrawnUnit: Hashable, Sendable {
  /// As in the frame, byte for byte.
  public let id: String
  /// 0 < π ≤ 1.
  public let inclusionProbability: Double
  /// SHA-256 of `seed,id`.
  public let ticket: SHA256Digest
  /// Taken by the scored draw or the random arm.
  public let isDrawn: Bool

  public init(id: String, inclusionProbability: Double, ticket: SHA256Digest, isDrawn: Bool) {
    self.id = id
    self.inclusionProbability = inclusionProbability
    self.ticket = ticket
    self.isDrawn = isDrawn
  }
}
