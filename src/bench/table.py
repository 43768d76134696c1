"""The report: a markdown table of medians, and the same as JSON."""

from statistics import median


def markdown(figures):
    lines = [
        "| figure | contender | median | min | max | procpool / it |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for figure in figures:
        for row, of in figure.values.items():
            title = f"{figure.title}: {row}, {'less' if figure.less else 'more'} is better"
            for contender in figure.contenders:
                if values := of.get(contender.name):
                    numbers = " | ".join(short(number) for number in (median(values), min(values), max(values)))
                    lines.append(f"| {title} | {contender.name} | {numbers} | {ratio(figure, of, contender.name)} |")
                    title = ""
        for name, why in figure.skipped.items():
            lines.append(f"| {figure.title} | {name} | {reason(why)} | | | |")
    return "\n".join(lines)


def ratio(figure, of, name):
    base = next((one.name for one in figure.contenders if one.name.startswith("procpool") and one.name in of), name)
    if base == name or not figure.compared or not median(of[name]):
        return ""
    value = median(of[base]) / median(of[name])
    return f"{value:.2f} {'ahead' if (value < 1) == figure.less else 'behind'}"


def short(number):
    """Three digits that mean something."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def reason(why):
    kind = "" if why.startswith("WRONG") else "skipped: "
    return kind + " ".join(why.replace("|", "/").split())[:300]


def as_json(figures, conditions, notes):
    return {
        "conditions": conditions,
        "notes": notes,
        "figures": [
            {"title": figure.title, "less_is_better": figure.less, "rounds": figure.values, "skipped": figure.skipped}
            for figure in figures
        ],
    }
