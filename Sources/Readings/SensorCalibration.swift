/// How one sensor's values become those of a reference station, and how wrong they then are.
///
/// reference = intercept + slope·raw + humidity·(RH − 50 %) + temperature·(T − 15 °C) + drift·(days from the middle)/30.
public struct SensorCalibration: Sendable {
  /// Where the coefficients come from; decides how large the error is.
  public enum Status: String, Sendable, Codable {
    /// By its own hours beside a reference.
    case calibrated
    /// By the median coefficients of the network's calibrated sensors, with their scatter as error.
    case transferred
    /// As it came, with a large error: the network has fewer than five calibrated sensors.
    case raw
  }

  /// Names of the coefficients, in order.
  public static let terms = ["intercept", "slope", "humidity", "temperature", "drift_per_30_days"]
  /// Name of the form of the model: it changes when the form does.
  public static let model = "linear-1"

  /// Set by the network's fit, once all sensors have been tried.
  public var status: Status
  /// Position of the reference station; `nil` when there was none near.
  public var reference: Int32?
  /// To that station, projected metres; `nil` with it.
  public var distanceMetres: Double?
  /// Hours and days both had usable values.
  public var hours = 0
  /// Beijing days among those hours.
  public var days = 0
  /// In the order of ``terms``; 0 for a term that could not be told from a constant.
  public var coefficients: [Double] = [0, 1, 0, 0, 0]
  /// Of the coefficients, 5 by 5 by rows; days count as clusters.
  public var covariance = [Double](repeating: 0, count: 25)
  /// Of the fit, and of the blocks of days left out in turn; in the pollutant's unit.
  public var r2 = Double.nan
  /// Of the fit on its own hours, in the pollutant's unit; NaN where there was no fit.
  public var rmse = Double.nan
  /// Of days predicted by the fit of the others, in the pollutant's unit; what the errors are made of.
  public var leftOutRMSE = Double.nan
  /// Error variance of an hour is `errorFloor` + `errorShare` · value², from left-out hours.
  public var errorFloor = 0.0
  /// Part of the error that grows with the level, per squared value.
  public var errorShare = 0.0
  /// Share of an hour's error variance that the mean of a day keeps: errors of one day are alike.
  public var dayShare = 1.0
  /// Why it is not calibrated; empty otherwise.
  public var reason = ""

  public init(status: Status, reference: Int32? = nil, distanceMetres: Double? = nil) {
    self.status = status
    self.reference = reference
    self.distanceMetres = distanceMetres
  }

  /// Standard error of each coefficient; 0 for one that was not fitted.
  public var standardErrors: [Double] { (0..<5).map { max(0, covariance[$0 * 6]).squareRoot() } }

  /// The five predictors of an hour. Unknown humidity and temperature count as 50 % and 15 °C.
  static func predictors(raw: Double, humidity: Double, temperature: Double, day: Double) -> [Double] {
    [1, raw, humidity.isNaN ? 0 : humidity - 50, temperature.isNaN ? 0 : temperature - 15, day / 30]
  }

  /// The calibrated value, not below 0, and its error variance.
  ///
  /// - Parameter day: Days since the middle of the calibration's window.
  public func value(
    raw: Double, humidity: Double, temperature: Double, day: Double
  ) -> (value: Double, variance: Double) {
    let x = Self.predictors(raw: raw, humidity: humidity, temperature: temperature, day: day)
    var value = 0.0
    var fromCoefficients = 0.0
    for i in 0..<5 {
      value += coefficients[i] * x[i]
      for j in 0..<5 { fromCoefficients += x[i] * covariance[i * 5 + j] * x[j] }
    }
    value = max(0, value)
    return (value, max(0, fromCoefficients) + errorFloor + errorShare * value * value)
  }
}
