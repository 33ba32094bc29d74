public import Diagnostics

/// One name a county has or had.
public struct PlaceName: Hashable, Sendable {
  /// GB/T 2260 code the name belongs or belonged to; for a development zone the code of its county.
  public let code: String
  public let name: String
  /// Without tones, lower case, no spaces; empty when not known.
  public let pinyin: String
  public let cityCode: String
  public let cityName: String
  public let provinceName: String
  /// Code of the county that answers for the place today.
  public let currentCode: String
  /// Whether this is a name of the past or of a development zone rather than the county's own name today.
  public let isAlias: Bool

  public init(
    code: String, name: String, pinyin: String, cityCode: String, cityName: String, provinceName: String,
    currentCode: String, isAlias: Bool
  ) {
    self.code = code
    self.name = name
    self.pinyin = pinyin
    self.cityCode = cityCode
    self.cityName = cityName
    self.provinceName = provinceName
    self.currentCode = currentCode
    self.isAlias = isAlias
  }
}

/// Finds a county by what people type: a code or a name of any GB/T 2260 revision, pinyin, or a development zone.
public struct PlaceDirectory: Sendable {
  private let places: [PlaceName]

  /// - Parameter places: In any order; several rows may lead to one county.
  public init(_ places: [PlaceName]) {
    self.places = places.sorted { ($0.currentCode, $0.code, $0.name) < ($1.currentCode, $1.code, $1.name) }
  }

  /// The county today of what was typed.
  ///
  /// Accepted: `130108`; 裕华区 or 裕华; `yuhuaqu`, `yuhua` or `Yuhua Qu`; an old name or code; a development zone; any of
  /// these behind the name of its city, 石家庄桥西区 or `shijiazhuang qiaoxi`, which is needed where a name occurs twice.
  ///
  /// - Returns: The GB/T 2260 code and name of today.
  /// - Throws: `Problem` (usage) for an unknown place, with near names, or for an ambiguous one, with the choices.
  public func county(_ query: String) throws(Problem) -> PlaceName {
    let wanted = Self.normalised(query)
    guard !wanted.isEmpty else {
      throw Problem("no county named", remedy: "give a code such as 130108 or a name", exitStatus: .usage)
    }
    if wanted.allSatisfy(\.isNumber) {
      guard let place = places.first(where: { $0.code == wanted }) else {
        throw unknown(query, near: places.filter { $0.code.hasPrefix(wanted.prefix(4)) })
      }
      return today(place.currentCode) ?? place
    }
    for stage in [matchesWhole, matchesStem] {
      let codes = Set(places.filter { stage($0, wanted) }.map(\.currentCode)).sorted()
      if codes.count == 1, let found = today(codes[0]) { return found }
      if codes.count > 1 {
        let choices = codes.compactMap(today).map { "\($0.code) \($0.cityName)\($0.name)" }
        throw Problem(
          "\(query) is the name of \(codes.count) counties: \(choices.joined(separator: ", "))",
          remedy: "give the code, or put the city in front, such as \(choices[0].drop { $0 != " " }.dropFirst())",
          exitStatus: .usage)
      }
    }
    let start = wanted.prefix(wanted.first?.isASCII == true ? 4 : 1)
    throw unknown(query, near: places.filter { $0.name.hasPrefix(start) || $0.pinyin.hasPrefix(start) })
  }

  /// The county as it is called today. - Returns: `nil` for a code that answers for nothing today.
  public func today(_ code: String) -> PlaceName? {
    places.first { $0.code == code && !$0.isAlias }
  }

  /// The counties of today, ascending by code.
  public var currentCounties: [County] {
    places.filter { !$0.isAlias }.map {
      County(
        code: $0.code, name: $0.name, cityCode: $0.cityCode, cityName: $0.cityName, provinceName: $0.provinceName)
    }.sorted { $0.code < $1.code }
  }

  private func unknown(_ query: String, near: [PlaceName]) -> Problem {
    var names: [String] = []
    for place in near where names.count < 6 && !names.contains("\(place.code) \(place.name)") {
      names.append("\(place.code) \(place.name)")
    }
    let hint = names.isEmpty ? "" : "; near it: \(names.joined(separator: ", "))"
    return Problem(
      "no county of the region is called \(query)\(hint)",
      remedy: "give a six-digit GB/T 2260 code, a Chinese name or pinyin; add other names to the place aliases file",
      exitStatus: .usage)
  }

  private func matchesWhole(_ place: PlaceName, _ wanted: String) -> Bool {
    let city = Self.normalised(place.cityName)
    return wanted == place.name || wanted == place.pinyin || wanted == city + place.name
      || wanted == Self.stem(city) + place.name
  }

  private func matchesStem(_ place: PlaceName, _ wanted: String) -> Bool {
    let city = Self.normalised(place.cityName)
    let stem = Self.stem(place.name)
    let pinyin = Self.pinyinStem(place.pinyin)
    return wanted == stem || wanted == pinyin || wanted == city + stem || wanted == Self.stem(city) + stem
      || (!pinyin.isEmpty && (wanted.hasSuffix(place.pinyin) || wanted.hasSuffix(pinyin))
        && startsWithCity(place, wanted))
  }

  /// Pinyin in front of a county's own pinyin counts only if it is that of its city.
  private func startsWithCity(_ place: PlaceName, _ wanted: String) -> Bool {
    let own = wanted.hasSuffix(place.pinyin) ? place.pinyin : Self.pinyinStem(place.pinyin)
    let front = wanted.dropLast(own.count)
    guard front.count >= 4, front.first?.isASCII == true else { return false }
    // The city's own pinyin is not listed; the fronts that belong to this city are those no other city uses.
    return Self.cityPinyin[place.cityCode].map { front == $0 || front == $0 + "shi" } ?? false
  }

  private static func normalised(_ text: String) -> String {
    String(text.lowercased().filter { !$0.isWhitespace && $0 != "'" && $0 != "-" })
  }

  private static func stem(_ name: String) -> String {
    guard name.count > 2, let last = name.last, "区县市".contains(last) else { return name }
    return String(name.dropLast())
  }

  private static func pinyinStem(_ pinyin: String) -> String {
    for suffix in ["xian", "shi", "qu"] where pinyin.hasSuffix(suffix) && pinyin.count > suffix.count + 2 {
      return String(pinyin.dropLast(suffix.count))
    }
    return pinyin
  }

  /// Cities of the "2+26" region; elsewhere a Chinese city name or the code tells namesakes apart.
  private static let cityPinyin = [
    "110000": "beijing", "120000": "tianjin", "130100": "shijiazhuang", "130200": "tangshan", "130400": "handan",
    "130500": "xingtai", "130600": "baoding", "130900": "cangzhou", "131000": "langfang", "131100": "hengshui",
    "140100": "taiyuan", "140300": "yangquan", "140400": "changzhi", "140500": "jincheng", "370100": "jinan",
    "370300": "zibo", "370800": "jining", "371400": "dezhou", "371500": "liaocheng", "371600": "binzhou",
    "371700": "heze", "410100": "zhengzhou", "410200": "kaifeng", "410500": "anyang", "410600": "hebi",
    "410700": "xinxiang", "410800": "jiaozuo", "410900": "puyang",
  ]
}
