"""The colours that a cycle's calendar may have: names of CSS Color 3, as RFC 7986, 5.9 wants them. Pure: no Django."""

DEFAULT = "teal"
# Dark enough to be read on white and under white letters (4.5:1); by hexadecimal value for Apple, which knows no names.
HEX = {
    "teal": "#008080",
    "darkgreen": "#006400",
    "navy": "#000080",
    "royalblue": "#4169E1",
    "indigo": "#4B0082",
    "purple": "#800080",
    "mediumvioletred": "#C71585",
    "firebrick": "#B22222",
    "saddlebrown": "#8B4513",
    "darkslategray": "#2F4F4F",
}
