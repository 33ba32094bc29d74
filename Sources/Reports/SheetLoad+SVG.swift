internal import Enterprises

extension SheetLoad {
  /// Mean power per quarter hour as an SVG element; gaps where the meter gave nothing, grey where an order was in force.
  public var svg: String {
    let (left, top, width, height) = (44.0, 8.0, 540.0, 110.0)
    let curves = curves.sorted { $0.circuit.ordinal < $1.circuit.ordinal }
    // Four quarter hours of 1 kWh are 4 kW.
    let peak = curves.flatMap(\.energyKilowattHours).filter { !$0.isNaN }.map { Double($0) * 4 }.max() ?? 0
    let ceiling = Self.ceiling(above: peak)
    func x(_ step: Int) -> String { NumberText.fixed(left + width * Double(step) / 96, decimals: 1) }
    func y(_ power: Double) -> String { NumberText.fixed(top + height * (1 - power / ceiling), decimals: 1) }
    var body = ""
    for steps in orderSteps {
      body +=
        "<rect x=\"\(x(steps.lowerBound))\" y=\"8\" width=\""
        + NumberText.fixed(width * Double(steps.count) / 96, decimals: 1) + "\" height=\"110\" fill=\"#e8e8e8\"/>"
    }
    for quarter in 0...4 {
      let power = ceiling * Double(quarter) / 4
      body +=
        "<path d=\"M44 \(y(power))H584\" stroke=\"#ccc\" stroke-width=\"0.5\"/>"
        + "<text x=\"40\" y=\"\(y(power))\" dy=\"3\" text-anchor=\"end\">\(NumberText.readable(power))</text>"
    }
    for hour in stride(from: 0, through: 24, by: 3) {
      body += "<text x=\"\(x(hour * 4))\" y=\"129\" text-anchor=\"middle\">\(hour)</text>"
    }
    var legend = ""
    for (number, curve) in curves.enumerated() {
      let look = Self.look(curve.circuit)
      body +=
        "<path d=\"\(Self.path(curve, x, y))\" fill=\"none\" stroke=\"\(look.colour)\" stroke-width=\"1.6\""
        + (look.dashes.isEmpty ? "" : " stroke-dasharray=\"\(look.dashes)\"") + "/>"
      let place = 44 + 150 * number
      legend +=
        "<path d=\"M\(place) 143h22\" stroke=\"\(look.colour)\" stroke-width=\"1.6\""
        + (look.dashes.isEmpty ? "" : " stroke-dasharray=\"\(look.dashes)\"") + "/>"
        + "<text x=\"\(place + 26)\" y=\"146\">\(look.name)</text>"
    }
    if !orderSteps.isEmpty {
      legend +=
        "<rect x=\"494\" y=\"138\" width=\"14\" height=\"9\" fill=\"#e8e8e8\" stroke=\"#999\" stroke-width=\"0.5\"/>"
        + "<text x=\"512\" y=\"146\">停限产 order in force</text>"
    }
    return "<svg class=\"load\" viewBox=\"0 0 600 150\" role=\"img\" aria-label=\"\(HTMLText.escaped(caption))\" "
      + "font-size=\"8\" xmlns=\"http://www.w3.org/2000/svg\">\(body)"
      + "<rect x=\"44\" y=\"8\" width=\"540\" height=\"110\" fill=\"none\" stroke=\"#000\" stroke-width=\"0.8\"/>"
      + "<text x=\"10\" y=\"63\" text-anchor=\"middle\" transform=\"rotate(-90 10 63)\">kW</text>\(legend)</svg>"
  }

  /// Steps, because a reading is the energy of a whole quarter hour.
  private static func path(_ curve: LoadDay, _ x: (Int) -> String, _ y: (Double) -> String) -> String {
    var path = ""
    var isDrawing = false
    for (step, energy) in curve.energyKilowattHours.enumerated() {
      guard !energy.isNaN else {
        isDrawing = false
        continue
      }
      let height = y(Double(energy) * 4)
      path += isDrawing ? "V\(height)H\(x(step + 1))" : "M\(x(step)) \(height)H\(x(step + 1))"
      isDrawing = true
    }
    return path
  }

  /// Colours of Okabe and Ito, told apart with any colour vision, and by their dashes.
  private static func look(_ circuit: Circuit) -> (colour: String, dashes: String, name: String) {
    switch circuit {
    case .total: ("#555555", "2 2", "总表 total")
    case .production: ("#0072B2", "", "生产 production")
    case .treatment: ("#D55E00", "6 3", "治污 treatment")
    }
  }

  /// 1, 2, 2.5 or 5 times a power of ten.
  private static func ceiling(above peak: Double) -> Double {
    guard peak > 0 else { return 1 }
    var unit = 1.0
    while unit > peak { unit /= 10 }
    while unit * 10 <= peak { unit *= 10 }
    return [1, 2, 2.5, 5, 10].map { $0 * unit }.first { $0 >= peak } ?? peak
  }
}
