/// The part of a Chinese company name that tells it from others, for finding one firm written in two ways.
///
/// Full-width forms become half-width, letters upper case; white space, punctuation and brackets go; so do legal forms at
/// the end (有限公司, 有限责任公司, 股份有限公司 ...) and known place names in front (河北省, 石家庄市, 裕华区 ...). A name that
/// would lose everything keeps its places. Branches (分公司, 二厂) stay apart from their firm.
public struct CompanyName: Sendable {
  private let places: [[UInt32]: Bool]
  private let longestPlace: Int

  /// - Parameter places: Names of provinces, cities and counties; each is known with and without its last character.
  public init(places: some Sequence<String>) {
    var known: [[UInt32]: Bool] = [:]
    for place in places {
      let scalars = place.unicodeScalars.map(\.value)
      guard scalars.count >= 2 else { continue }
      known[scalars] = true
      // 石家庄 stands for 石家庄市; two characters at least, so that 沙河市 becomes 沙河 and 任县 stays.
      if scalars.count >= 3, let last = scalars.last, Self.placeEndings.contains(last) {
        known[Array(scalars.dropLast())] = true
      }
    }
    for province in Self.provinces { known[province.unicodeScalars.map(\.value)] = true }
    self.places = known
    longestPlace = known.keys.map(\.count).max() ?? 0
  }

  /// The key of a name as Unicode scalars; empty when the name holds neither letters nor digits.
  ///
  /// - Complexity: O(length of the name).
  public func key(_ name: String) -> [UInt32] {
    var scalars = Self.plain(name)
    scalars = Self.withoutLegalForm(scalars)
    var rest = scalars[...]
    while let place = leadingPlace(rest) { rest = rest.dropFirst(place) }
    return rest.count >= 2 ? Array(rest) : scalars
  }

  /// Half width, upper case, letters, digits and ideographs only: also the key of an address.
  public static func plain(_ text: String) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(text.utf8.count / 3 + 4)
    for scalar in text.unicodeScalars {
      var code = scalar.value
      if (0xFF01...0xFF5E).contains(code) { code -= 0xFEE0 }
      switch code {
      case 0x61...0x7A: result.append(code - 0x20)
      case 0x30...0x39, 0x41...0x5A, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0x20000...0x3FFFF: result.append(code)
      default: continue
      }
    }
    return result
  }

  private func leadingPlace(_ text: ArraySlice<UInt32>) -> Int? {
    var length = min(longestPlace, text.count)
    while length >= 2 {
      if places[Array(text.prefix(length))] != nil {
        // 市 or 县 may follow a short form.
        if let next = text.dropFirst(length).first, Self.placeEndings.contains(next) { return length + 1 }
        return length
      }
      length -= 1
    }
    return nil
  }

  private static func withoutLegalForm(_ scalars: [UInt32]) -> [UInt32] {
    guard !legalForms.contains(scalars) else { return scalars }
    var rest = scalars
    var changed = true
    while changed {
      changed = false
      for form in legalForms where rest.count > form.count + 1 && rest.suffix(form.count).elementsEqual(form) {
        if form == shortCompany, let before = rest.dropLast(form.count).last, before == branchMark { continue }
        rest.removeLast(form.count)
        changed = true
        break
      }
    }
    return rest
  }

  /// Longest first.
  private static let legalForms: [[UInt32]] = [
    "股份有限责任公司", "集团有限责任公司", "股份有限公司", "有限责任公司", "集团有限公司", "集团股份公司", "股份公司", "集团公司", "责任公司", "有限公司", "总公司",
    "公司", "集团", "个体工商户", "COLTD", "LTD",
  ].map { $0.unicodeScalars.map(\.value) }
  private static let shortCompany = "公司".unicodeScalars.map(\.value)
  /// 分公司: a branch.
  private static let branchMark: UInt32 = 0x5206
  private static let placeEndings: Set<UInt32> = Set("省市区县旗盟州".unicodeScalars.map(\.value))
  private static let provinces = [
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南",
    "广东", "广西", "海南", "重庆", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆",
  ]
}
