/// A county-level division (县级行政区) with its GB/T 2260 code.
public struct County: Hashable, Sendable, Codable {
  /// Six digits, such as `130108`.
  public let code: String
  /// Official Chinese name, such as 裕华区.
  public let name: String
  /// Code of its prefecture-level city; for Beijing and Tianjin the municipality's own, `110000`, `120000`.
  public let cityCode: String
  public let cityName: String
  public let provinceName: String

  public init(code: String, name: String, cityCode: String, cityName: String, provinceName: String) {
    self.code = code
    self.name = name
    self.cityCode = cityCode
    self.cityName = cityName
    self.provinceName = provinceName
  }
}
