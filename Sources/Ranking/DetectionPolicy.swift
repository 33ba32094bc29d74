/// What makes a cell stand out.
public struct DetectionPolicy: Hashable, Sendable, Codable {
  public var hotspots = HotspotPolicy()
  /// Cells per city on the list of the highest.
  public var cityTopCells = 10
  /// Cells per class and city on the monthly lists.
  public var monthlyListCells = 1

  public init() {}

  enum CodingKeys: String, CodingKey {
    case hotspots
    case cityTopCells = "city_top_cells"
    case monthlyListCells = "monthly_list_cells"
  }

  var defects: [(key: String, problem: String)] {
    var result = hotspots.defects.map { (key: "hotspots.\($0.key)", problem: $0.problem) }
    if !(0...1000).contains(cityTopCells) {
      result.append(("city_top_cells", "\(cityTopCells) is not between 0 and 1000"))
    }
    if !(0...1000).contains(monthlyListCells) {
      result.append(("monthly_list_cells", "\(monthlyListCells) is not between 0 and 1000"))
    }
    return result
  }
}

/// How Gi* clusters are looked for.
public struct HotspotPolicy: Hashable, Sendable, Codable {
  public enum Null: String, Hashable, Sendable, Codable, CaseIterable {
    case theoretical, empirical
  }

  /// `queen`, or `radius:` and metres.
  public var neighbourhood = "queen"
  /// What z is held against: the standard normal, or the middle and width of the field's own z.
  public var null = Null.empirical
  /// Level after Benjamini-Hochberg from which a hot cell is a lead: 1, 2, 3 for 10, 5, 1 %.
  public var minimumBin = 2

  public init() {}

  enum CodingKeys: String, CodingKey {
    case neighbourhood, null
    case minimumBin = "minimum_bin"
  }

  /// Metres of a radius; `nil` for queen.
  public var radiusMetres: Double? {
    neighbourhood.hasPrefix("radius:") ? Double(neighbourhood.dropFirst(7)) : nil
  }

  var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    let radius = radiusMetres.map { $0 > 0 && $0 <= 100_000 } ?? false
    if neighbourhood != "queen" && !radius {
      result.append(("neighbourhood", "\"\(neighbourhood)\" is neither queen nor radius: with metres"))
    }
    if !(1...3).contains(minimumBin) { result.append(("minimum_bin", "\(minimumBin) is not 1, 2 or 3")) }
    return result
  }
}
