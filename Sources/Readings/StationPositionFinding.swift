public import Geometry
internal import Glibc

/// What speaks against the declared position of one station; for a person to judge, never applied.
public struct StationPositionFinding: Hashable, Sendable {
  /// Which datum, if any, would bring the two sources together.
  public enum Kind: String, Hashable, Sendable {
    /// Taken as BD-09 it would fit the other source.
    case looksLikeBD09 = "looks like BD-09"
    /// Taken as GCJ-02 it would fit the other source.
    case looksLikeGCJ02 = "looks like GCJ-02"
    /// The other source, taken as BD-09, would fit this one.
    case otherLooksLikeBD09 = "other source looks like BD-09"
    /// The other source, taken as GCJ-02, would fit this one.
    case otherLooksLikeGCJ02 = "other source looks like GCJ-02"
    /// No known datum explains the difference.
    case disagrees = "sources disagree"
  }

  /// As in the station file.
  public let stationID: String
  /// The best explanation; no finding exists for positions that agree.
  public let kind: Kind
  /// WGS 84 as this file declares it.
  public let position: LonLat
  /// WGS 84 as the other source declares it.
  public let otherPosition: LonLat
  /// Name of the other source.
  public let otherSource: String
  /// Between the two as declared.
  public let distanceMetres: Double
  /// Between the two under the datum that `kind` names; `nil` when none explains the difference.
  public let distanceIfConvertedMetres: Double?

  public init(
    stationID: String, kind: Kind, position: LonLat, otherPosition: LonLat, otherSource: String,
    distanceMetres: Double, distanceIfConvertedMetres: Double?
  ) {
    self.stationID = stationID
    self.kind = kind
    self.position = position
    self.otherPosition = otherPosition
    self.otherSource = otherSource
    self.distanceMetres = distanceMetres
    self.distanceIfConvertedMetres = distanceIfConvertedMetres
  }

  /// One sentence with the numbers.
  public var statement: String {
    let apart = "\(Int(distanceMetres.rounded())) m from its position in \(otherSource)"
    guard let converted = distanceIfConvertedMetres else { return "\(stationID): \(kind.rawValue): \(apart)" }
    return "\(stationID): \(kind.rawValue): \(apart), but \(Int(converted.rounded())) m if converted from it"
  }
}

extension StationPositionFinding {
  /// Sources that are closer than this agree: stations are moved within their yard, and feeds round to 0.0001°.
  public static let agreementMetres = 300.0
  /// A datum explains a difference when converting brings the sources this close, and to a quarter of the difference.
  public static let explainedMetres = 150.0

  /// Compares a station's positions in two sources.
  ///
  /// - Returns: `nil` when the sources agree.
  public static func compare(
    stationID: String, position: LonLat, otherPosition: LonLat, otherSource: String
  ) -> StationPositionFinding? {
    let distance = metres(position, otherPosition)
    guard distance > agreementMetres else { return nil }
    let candidates: [(Kind, Double)] = [
      (.looksLikeBD09, metres(ChinaDatum.wgs84(fromBD09: position.longitude, position.latitude), otherPosition)),
      (.looksLikeGCJ02, metres(ChinaDatum.wgs84(fromGCJ02: position.longitude, position.latitude), otherPosition)),
      (
        .otherLooksLikeBD09,
        metres(position, ChinaDatum.wgs84(fromBD09: otherPosition.longitude, otherPosition.latitude))
      ),
      (
        .otherLooksLikeGCJ02,
        metres(position, ChinaDatum.wgs84(fromGCJ02: otherPosition.longitude, otherPosition.latitude))
      ),
    ]
    let best = candidates.enumerated().min { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }?.element
    let explained = best.flatMap { $0.1 <= min(explainedMetres, distance / 4) ? $0 : nil }
    return StationPositionFinding(
      stationID: stationID, kind: explained?.0 ?? .disagrees, position: position, otherPosition: otherPosition,
      otherSource: otherSource, distanceMetres: distance, distanceIfConvertedMetres: explained?.1)
  }

  /// Distance on the sphere of the earth's mean radius; exact enough to compare with hundreds of metres.
  static func metres(_ a: LonLat, _ b: LonLat) -> Double {
    let degree = 6_371_008.8 * Double.pi / 180
    let middle = (a.latitude + b.latitude) / 2 * Double.pi / 180
    let east = (a.longitude - b.longitude) * cos(middle)
    let north = a.latitude - b.latitude
    return degree * (east * east + north * north).squareRoot()
  }
}
